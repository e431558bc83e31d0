// SPDX-License-Identifier: GPL-3.0-or-later

// One node's key open at several daemons (O4): no message is delivered twice, the newest
// attachment wins, and who is displaced is told so.

import { describe, expect, it } from "vitest";
import { createDaemonLab, type DaemonLab, type LabDaemon } from "../daemon-lab.js";
import type { LabNode } from "../lab-node.js";

const TOLD_MS = 2_000;

/** Every text that came anywhere must have come once. */
function twice(...nodes: readonly LabNode[]): readonly string[] {
  const seen = new Set<string>();
  return nodes.flatMap(({ texts }) => texts).filter((text) => seen.size === seen.add(text).size);
}

/** Both send to each other for a while, each message with another text. */
function exchange(lab: DaemonLab, label: string, pairs: readonly [LabNode, LabNode][], ms: number) {
  for (let i = 0; i < ms; i += 10) {
    for (const [n, [one, other]] of pairs.entries()) {
      one.send(other.address, `${label} ${n} ${i} there`);
      other.send(one.address, `${label} ${n} ${i} back`);
    }
    lab.world.run(10);
  }
}

/** When sending in the name of this one is first refused as displaced, from now on. */
function untilDisplaced(lab: DaemonLab, node: LabNode, to: LabNode): number {
  const startMs = lab.world.nowMs;
  for (let count = 0; lab.world.nowMs - startMs < TOLD_MS; count++) {
    if (node.send(to.address, `from the displaced ${count}`) === "DISPLACED") {
      return lab.world.nowMs - startMs;
    }
    lab.world.run(5);
  }
  throw new Error(`not displaced within ${TOLD_MS} ms (seed ${lab.world.seed})`);
}

function createPair(seed: number) {
  const lab = createDaemonLab({ seed, link: { latencyMs: 4, jitterMs: 2, duplicate: 0.1 } });
  const [first, second] = [lab.daemon("first"), lab.daemon("second")];
  lab.peers(first, second);
  return { lab, first, second };
}

describe("one key at several daemons", () => {
  it("two-daemons-one-key-no-duplicate-and-displaced", () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { lab, first, second } = createPair(seed);
      const key = lab.key();
      const [bob, carol, dave] = [first.open(key), second.open(lab.key()), first.open(lab.key())];
      exchange(lab, "before", [[bob, carol]], 300);
      lab.world.run(500);
      const before = [bob.letters.length, carol.letters.length];
      expect(before).toEqual([30, 30]);

      // The second daemon opens it too: newer, so it has it. Nothing of that is said by itself.
      const bobToo = second.open(key);
      expect(bobToo.send(carol.address, "from the new one")).toBeUndefined();
      const startMs = lab.world.nowMs;
      expect(bobToo.send(dave.address, "first message between them")).toBeUndefined();
      untilDisplaced(lab, bob, carol);
      const toldMs = lab.world.nowMs - startMs;
      expect(toldMs).toBeLessThan(TOLD_MS);
      lab.world.run(500);
      const [daveHad, bobHad] = [dave.letters.length, bob.letters.length];

      // Only local delivery goes on at the displaced one.
      expect(dave.send(bob.address, "local")).toBeUndefined();
      expect(bob.send(dave.address, "local answer")).toBeUndefined();
      expect(bob.texts.slice(bobHad)).toEqual(["local"]);
      expect(dave.texts.slice(daveHad)).toEqual(["local answer"]);
      const sent = bob.letters.length;
      exchange(lab, "after", [[bobToo, carol]], 300);
      lab.world.run(1_000);
      expect(bob.letters.length).toBe(sent);
      expect(twice(bob, bobToo, carol, dave)).toEqual([]);
      expect(first.engine.nodes.counters.displacements).toBe(1);

      // Opened again it is the newest.
      bob.opening.close();
      const again = first.open(key);
      expect(again.send(carol.address, "back again")).toBeUndefined();
      untilDisplaced(lab, bobToo, dave);
      lab.world.run(1_000);
      expect(again.send(carol.address, "still here")).toBeUndefined();
      // As long as the other is open, it is where the nodes beside it send to, and answer to.
      bobToo.opening.close();
      lab.world.runUntil("they talk", () => carol.texts.includes("still here"), TOLD_MS * 2);
      expect(carol.send(again.address, "welcome")).toBeUndefined();
      lab.world.runUntil("both ways", () => again.texts.includes("welcome"), TOLD_MS);
      expect(twice(bob, bobToo, again, carol, dave)).toEqual([]);
    }
  });

  it("three daemons: whoever opens a key last has it, as soon as it says something", () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { lab, first, second } = createPair(seed);
      const third: LabDaemon = lab.daemon("third");
      lab.peers(first, third);
      lab.untilUp(first, third);
      const key = lab.key();
      const [alice, bob] = [first.open(lab.key()), second.open(key)];
      exchange(lab, "before", [[alice, bob]], 300);
      const bobToo = third.open(key);
      expect(bobToo.send(alice.address, "it is me now")).toBeUndefined();
      const toldMs = untilDisplaced(lab, bob, alice);
      lab.world.run(500);
      expect(alice.texts).toContain("it is me now");
      const way = first.engine.network.explain(key.address.bytes, lab.world.nowMs);
      expect(way.router).toEqual(third.address.bytes);
      const had = bob.letters.length;
      exchange(lab, "after", [[alice, bobToo]], 300);
      lab.world.run(2_000);
      expect(bob.letters.length, `seed ${seed}`).toBe(had);
      expect(bobToo.texts.at(-1)).toBe("after 0 290 there");
      expect(alice.texts.at(-1)).toBe("after 0 290 back");
      expect(twice(alice, bob, bobToo)).toEqual([]);
      if (seed === 1) console.log(`displaced after ${toldMs} ms`);
    }
  });
});
