// SPDX-License-Identifier: GPL-3.0-or-later

// Nodes, neighbours and daemons that come and go.

import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import type { It, MakePair } from "./pair.js";

/** The cases. */
export function lifeCases(it: It, pair: MakePair): void {
  it("costs no traffic to open and close nodes that nobody asks for", () => {
    // What routers tell of themselves is the same with nodes and without.
    const [carriedWith, carriedWithout] = [100, 0].map((count) => {
      const { lab, a } = pair();
      lab.run(100);
      lab.carried.length = 0;
      const nodes = Array.from({ length: count }, () => lab.node());
      for (const node of nodes) a.open(node);
      for (const node of nodes) a.close(node);
      lab.run(60_000);
      return lab.carried.map(({ bytes }) => bytes.length);
    });
    deepEqual(carriedWith, carriedWithout);
  });

  it("who was told where a node is learns that it has gone", () => {
    const { lab, a, b, bob } = pair();
    a.find(bob.address.bytes, 256);
    b.close(bob);
    lab.run(50);
    equal(a.reaches(bob), false);
  });

  it("who asked for a node that is opened a moment later is told", () => {
    const { lab, a, b } = pair();
    const late = lab.node();
    equal(a.find(late.address.bytes, 256), undefined);
    lab.run(1_000);
    b.open(late);
    lab.run(50);
    equal(a.reaches(late), true);
    ok(a.reached.includes(late.address.toString()));
  });

  it("reaches nothing through a neighbour that is down, and asks again when it is up", () => {
    const { lab, a, b, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    lab.unlink(a, b);
    equal(a.reaches(bob), false);
    equal(a.send(alice, bob, "hello"), false);
    lab.link(a, b);
    equal(a.find(bob.address.bytes, 256)?.address.equals(bob.address), true);
  });

  it("a neighbour that comes up after a restart is told of no node unasked", () => {
    const { lab, a, b, bob } = pair();
    a.find(bob.address.bytes, 256);
    a.restart();
    lab.run(50);
    lab.carried.length = 0;
    lab.link(a, b);
    lab.run(1_000);
    const told = lab.carried.map(({ bytes }) => Buffer.from(bytes).toString("hex"));
    const key = Buffer.from(bob.publicKey).toString("hex");
    deepEqual(
      told.filter((message) => message.includes(key)),
      [],
    );
  });

  it("a node can be closed and opened again at once, many times", () => {
    const { lab, a, b, bob } = pair();
    for (let times = 0; times < 20; times++) {
      notEqual(a.find(bob.address.bytes, 256), undefined, `time ${times}`);
      b.close(bob);
      b.open(bob);
      lab.run(50);
    }
  });

  it("a node that moves is found where it is now", () => {
    const { lab, a, b, alice, bob } = pair();
    const c = lab.daemon("c");
    lab.link(a, c);
    a.find(bob.address.bytes, 256);
    b.close(bob);
    c.open(bob);
    lab.run(50);
    notEqual(a.find(bob.address.bytes, 256), undefined);
    a.send(alice, bob, "hello");
    lab.run(50);
    deepEqual([b.packets.length, c.packets.length], [0, 1]);
  });
}
