// SPDX-License-Identifier: GPL-3.0-or-later

// What every routing algorithm promises to the driver. One list of cases, run by each; a case that
// one of them breaks is a bug there. Daemons are direct neighbours unless a case says otherwise.

import { describe, expect, it } from "vitest";
import { writeHeader } from "../../../server/src/network/header.js";
import { type ConfiguredAlgorithm, HEADROOM_BYTES } from "../../../server/src/network/index.js";
import { createRouterLab, type LabDaemon, type LabNode, type RouterLab } from "./harness.js";

interface Pair {
  readonly lab: RouterLab;
  readonly a: LabDaemon;
  readonly b: LabDaemon;
  /** Open at a. */
  readonly alice: LabNode;
  /** Open at b. */
  readonly bob: LabNode;
}

/** Runs every case against an algorithm. */
export function routerContract(algorithm: ConfiguredAlgorithm): void {
  const pair = (): Pair => {
    const lab = createRouterLab(algorithm);
    const a = lab.daemon("a");
    const b = lab.daemon("b");
    const alice = lab.node();
    const bob = lab.node();
    lab.link(a, b);
    a.open(alice);
    b.open(bob);
    return { lab, a, b, alice, bob };
  };
  describe(`the router contract, ${algorithm.name}`, () => {
    describe("finding", () => findingCases(pair));
    describe("carrying", () => carryingCases(pair));
    describe("nodes that come and go", () => lifeCases(pair));
    describe("hostile neighbours", () => hostileCases(pair));
  });
}

function findingCases(pair: () => Pair): void {
  it("finds a node by its whole address, with its public key", () => {
    const { a, bob } = pair();
    const found = a.find(bob.address.bytes, 256);
    expect(found?.address.equals(bob.address)).toBe(true);
    expect(found?.publicKey).toEqual(bob.publicKey);
    expect(a.reaches(bob)).toBe(true);
    expect(a.reached).toEqual([bob.address.toString()]);
  });

  it("finds a node by each of its prefixes", () => {
    const { a, bob } = pair();
    for (const nbits of [0, 1, 7, 8, 9, 113, 255, 256]) {
      const found = a.find(bob.address.bytes, nbits);
      expect(found?.address.equals(bob.address), `${nbits} bits`).toBe(true);
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
    expect(found).toHaveLength(1_000);
  });

  it("says no when nobody has it, and never reaches it", () => {
    const { lab, a } = pair();
    const nobody = lab.node();
    expect(a.find(nobody.address.bytes, 256)).toBeUndefined();
    expect(a.reaches(nobody)).toBe(false);
    expect(a.router.explain(nobody.address.bytes, lab.clock.monotonicMs()).ready).toBe(false);
  });

  it("says no without neighbours", () => {
    const { lab, a, b, bob } = pair();
    lab.unlink(a, b);
    expect(a.find(bob.address.bytes, 256)).toBeUndefined();
  });

  it("ends a question that a neighbour does not answer", () => {
    const { lab, a, b, bob } = pair();
    b.restart();
    lab.link(a, b);
    b.hear = () => {};
    expect(a.find(bob.address.bytes, 256)).toBeUndefined();
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
    expect(a.answers.get(query)?.address.equals(carol.address)).toBe(true);
  });

  it("does not answer what was cancelled", () => {
    const { lab, a, bob } = pair();
    const query = a.ask(bob.address.bytes, 256);
    a.router.cancel(query);
    lab.run(5_000);
    expect(a.answers.has(query)).toBe(false);
  });

  it("explains", () => {
    const { lab, a, b, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    const nowMs = lab.clock.monotonicMs();
    const there = a.router.explain(bob.address.bytes, nowMs);
    expect(there.ready).toBe(true);
    expect(there.nextHop).toEqual(b.self.address.bytes);
    expect(there.why).not.toBe("");
    expect(a.router.explain(alice.address.bytes, nowMs).ready).toBe(true);
  });
}

function carryingCases(pair: () => Pair): void {
  it("carries packets to a node that was found", () => {
    const { lab, a, b, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    expect(a.send(alice, bob, "hello")).toBe(true);
    lab.run(50);
    expect(b.packets).toEqual([{ source: alice.address.toString(), text: "hello" }]);
  });

  it("sends nothing that was not found, and nothing in another's name", () => {
    const { lab, a, alice, bob } = pair();
    expect(a.send(alice, bob, "hello")).toBe(false);
    a.find(bob.address.bytes, 256);
    expect(a.send(lab.node(), bob, "hello")).toBe(false);
  });

  it("an introduction makes its source reached, without a question (M1)", () => {
    const { lab, a, b, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    lab.carried.length = 0;
    expect(a.send(alice, bob, "hello", true)).toBe(true);
    lab.run(50);
    expect(b.packets).toHaveLength(1);
    expect(b.reaches(alice)).toBe(true);
    expect(b.send(bob, alice, "hello yourself")).toBe(true);
    lab.run(50);
    expect(a.packets.map(({ text }) => text)).toEqual(["hello yourself"]);
    expect(lab.carried).toEqual([]);
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
    expect(at).toBeGreaterThanOrEqual(0);
    // Message 1 of a session, and what a link puts around a packet.
    expect(buffer.length - at).toBeLessThanOrEqual(1_200 - 32 - 4);
  });

  it("drops what is for nobody here", () => {
    const { lab, a, b, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    b.close(bob);
    a.send(alice, bob, "hello");
    lab.run(50);
    expect(b.packets).toEqual([]);
  });

  it("keeps what is used reachable for an hour, and asks no one else", () => {
    const { lab, a, b, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    for (let minute = 0; minute < 120; minute++) {
      expect(a.send(alice, bob, `minute ${minute}`), `minute ${minute}`).toBe(true);
      lab.run(60_000);
    }
    expect(b.packets).toHaveLength(120);
  });

  it("lets go of what is not used", () => {
    const { lab, a, bob } = pair();
    a.find(bob.address.bytes, 256);
    lab.run(600_000);
    expect(a.reaches(bob)).toBe(false);
  });
}

function lifeCases(pair: () => Pair): void {
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
    expect(carriedWith).toEqual(carriedWithout);
  });

  it("who was told where a node is learns that it has gone", () => {
    const { lab, a, b, bob } = pair();
    a.find(bob.address.bytes, 256);
    b.close(bob);
    lab.run(50);
    expect(a.reaches(bob)).toBe(false);
  });

  it("who asked for a node that is opened a moment later is told", () => {
    const { lab, a, b } = pair();
    const late = lab.node();
    expect(a.find(late.address.bytes, 256)).toBeUndefined();
    lab.run(1_000);
    b.open(late);
    lab.run(50);
    expect(a.reaches(late)).toBe(true);
    expect(a.reached).toContain(late.address.toString());
  });

  it("reaches nothing through a neighbour that is down, and asks again when it is up", () => {
    const { lab, a, b, alice, bob } = pair();
    a.find(bob.address.bytes, 256);
    lab.unlink(a, b);
    expect(a.reaches(bob)).toBe(false);
    expect(a.send(alice, bob, "hello")).toBe(false);
    lab.link(a, b);
    expect(a.find(bob.address.bytes, 256)?.address.equals(bob.address)).toBe(true);
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
    expect(told.filter((message) => message.includes(key))).toEqual([]);
  });

  it("a node can be closed and opened again at once, many times", () => {
    const { lab, a, b, bob } = pair();
    for (let times = 0; times < 20; times++) {
      expect(a.find(bob.address.bytes, 256), `time ${times}`).toBeDefined();
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
    expect(a.find(bob.address.bytes, 256)).toBeDefined();
    a.send(alice, bob, "hello");
    lab.run(50);
    expect([b.packets.length, c.packets.length]).toEqual([0, 1]);
  });
}

function hostileCases(pair: () => Pair): void {
  it("garbage is dropped, and the next question is answered", () => {
    const { lab, a, b, bob } = pair();
    for (let i = 0; i < 3_000; i++) {
      a.hear(b, lab.random.bytes(lab.random.below(lab.random.oneIn(20) ? 5_000 : 80)));
      a.carry(b, lab.random.bytes(lab.random.below(300)));
    }
    lab.run(3_000);
    expect(a.find(bob.address.bytes, 256)).toBeDefined();
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
      expect(a.router.reaches(source, 0)).toBe(false);
    }
    lab.run(1_000);
    expect(lab.carried).toEqual([]);
  });
}
