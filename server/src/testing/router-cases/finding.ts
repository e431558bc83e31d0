// SPDX-License-Identifier: GPL-3.0-or-later

// Finding: who has an address, and that a question always ends.

import { deepEqual, equal, notEqual } from "node:assert/strict";
import type { It, MakePair } from "./pair.js";

/** The cases. */
export function findingCases(it: It, pair: MakePair): void {
  it("finds a node by its whole address, with its public key", () => {
    const { a, bob } = pair();
    const found = a.find(bob.address.bytes, 256);
    equal(found?.address.equals(bob.address), true);
    deepEqual([...(found?.publicKey ?? [])], [...bob.publicKey]);
    equal(a.reaches(bob), true);
    deepEqual(a.reached, [bob.address.toString()]);
  });

  it("finds a node by each of its prefixes", () => {
    const { a, bob } = pair();
    for (const nbits of [0, 1, 7, 8, 9, 113, 255, 256]) {
      const found = a.find(onlyBits(bob.address.bytes, nbits), nbits);
      equal(found?.address.equals(bob.address), true, `${nbits} bits`);
    }
  });

  it("finds a thousand nodes that are asked for at once: no answer to us is refused", () => {
    const { lab, a, b } = pair();
    const nodes = Array.from({ length: 1_000 }, () => lab.node());
    for (const node of nodes) b.open(node);
    lab.run(100);
    const queries = nodes.map((node) => a.ask(node.address.bytes, 256));
    lab.run(1_000);
    const found = queries.filter((query) => a.answers.get(query) !== undefined);
    equal(found.length, 1_000);
  });

  it("says no when nobody has it, and never reaches it", () => {
    const { lab, a } = pair();
    const nobody = lab.node();
    equal(a.find(nobody.address.bytes, 256), undefined);
    equal(a.reaches(nobody), false);
    equal(a.router.explain(nobody.address.bytes, lab.clock.monotonicMs()).ready, false);
  });

  it("says no without neighbours", () => {
    const { lab, a, b, bob } = pair();
    lab.unlink(a, b);
    equal(a.find(bob.address.bytes, 256), undefined);
  });

  it("ends a question that a neighbour does not answer", () => {
    const { lab, a, b, bob } = pair();
    b.restart();
    lab.link(a, b);
    b.hear = () => {};
    equal(a.find(bob.address.bytes, 256), undefined);
  });

  it("asks a neighbour that comes up what is still open", () => {
    const { lab, a, b } = pair();
    const c = lab.daemon("c");
    const carol = lab.node();
    c.open(carol);
    const hear = b.hear;
    b.hear = () => {};
    const query = a.ask(carol.address.bytes, 256);
    lab.run(100);
    lab.link(a, c);
    lab.run(100);
    b.hear = hear;
    equal(a.answers.get(query)?.address.equals(carol.address), true);
  });

  it("does not answer what was cancelled", () => {
    const { lab, a, bob } = pair();
    const query = a.ask(bob.address.bytes, 256);
    a.router.cancel(query);
    lab.run(5_000);
    equal(a.answers.has(query), false);
  });

  it("explains", () => {
    const { lab, a, b, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    const nowMs = lab.clock.monotonicMs();
    const there = a.router.explain(bob.address.bytes, nowMs);
    equal(there.ready, true);
    deepEqual([...(there.nextHop ?? [])], [...b.self.address.bytes]);
    notEqual(there.why, "");
    equal(a.router.explain(alice.address.bytes, nowMs).ready, true);
  });
}

/** The same first bits; every other one is another. */
function onlyBits(address: Uint8Array, nbits: number): Uint8Array {
  return address.map((byte, i) => byte ^ (0xff >> Math.min(8, Math.max(0, nbits - 8 * i))));
}
