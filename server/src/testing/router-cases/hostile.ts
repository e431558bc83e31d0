// SPDX-License-Identifier: GPL-3.0-or-later

// Neighbours that send what they like.

import { deepEqual, equal, notEqual } from "node:assert/strict";
import { writeHeader } from "../../network/index.js";
import type { It, MakePair } from "./pair.js";

/** The cases. */
export function hostileCases(it: It, pair: MakePair): void {
  it("garbage is dropped, and the next question is answered", () => {
    const { lab, a, b, bob } = pair();
    for (let i = 0; i < 3_000; i++) {
      a.hear(b, lab.random.bytes(lab.random.below(lab.random.oneIn(20) ? 5_000 : 80)));
      a.carry(b, lab.random.bytes(lab.random.below(300)));
    }
    lab.run(3_000);
    notEqual(a.find(bob.address.bytes, 256), undefined);
  });

  it("a claimed source causes no traffic (M1)", () => {
    const { lab, a, b, alice } = pair();
    lab.run(100);
    lab.carried.length = 0;
    for (let i = 0; i < 100; i++) {
      const packet = new Uint8Array(200);
      const source = lab.random.bytes(32);
      const at = writeHeader(packet, 150, 5, alice.address.bytes, source, new Uint8Array(0));
      a.carry(b, packet.subarray(at));
      equal(a.router.reaches(source, 0), false);
    }
    lab.run(1_000);
    deepEqual(lab.carried, []);
  });
}
