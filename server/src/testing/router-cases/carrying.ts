// SPDX-License-Identifier: GPL-3.0-or-later

// Carrying: packets come where their destination is, and introduce their source (M1).

import { deepEqual, equal, ok } from "node:assert/strict";
import { HEADROOM_BYTES } from "../../network/index.js";
import type { It, MakePair } from "./pair.js";

/** The cases. */
export function carryingCases(it: It, pair: MakePair): void {
  it("carries packets to a node that was found", () => {
    const { lab, a, b, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    equal(a.send(alice, bob, "hello"), true);
    lab.run(50);
    deepEqual(b.packets, [{ source: alice.address.toString(), text: "hello" }]);
  });

  it("sends nothing that was not found, and nothing in another's name", () => {
    const { lab, a, alice, bob } = pair();
    equal(a.send(alice, bob, "hello"), false);
    a.find(bob.address.bytes, 256);
    equal(a.send(lab.node(), bob, "hello"), false);
  });

  it("an introduction makes its source reached, without a question (M1)", () => {
    const { lab, a, b, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    lab.carried.length = 0;
    equal(a.send(alice, bob, "hello", true), true);
    lab.run(50);
    equal(b.packets.length, 1);
    equal(b.reaches(alice), true);
    equal(b.send(bob, alice, "hello yourself"), true);
    lab.run(50);
    deepEqual(
      a.packets.map(({ text }) => text),
      ["hello yourself"],
    );
    deepEqual(lab.carried, []);
  });

  it("an introduction fits into the headroom and the smallest datagram", () => {
    const { lab, a, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    const buffer = new Uint8Array(HEADROOM_BYTES + 512);
    const at = a.router.prepare(
      alice.address.bytes,
      bob.address.bytes,
      true,
      buffer,
      HEADROOM_BYTES,
      lab.clock.monotonicMs(),
    );
    ok(at >= 0);
    // Message 1 of a session, and what a link puts around a packet.
    ok(buffer.length - at <= 1_200 - 32 - 4);
  });

  it("drops what is for nobody here", () => {
    const { lab, a, b, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    b.close(bob);
    a.send(alice, bob, "hello");
    lab.run(50);
    deepEqual(b.packets, []);
  });

  it("keeps what is used reachable for an hour, and asks no one else", () => {
    const { lab, a, b, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    for (let minute = 0; minute < 120; minute++) {
      equal(a.send(alice, bob, `minute ${minute}`), true, `minute ${minute}`);
      lab.run(60_000);
    }
    equal(b.packets.length, 120);
  });

  it("lets go of what is not used", () => {
    const { lab, a, bob } = pair();
    a.find(bob.address.bytes, 256);
    lab.run(600_000);
    equal(a.reaches(bob), false);
  });
}
