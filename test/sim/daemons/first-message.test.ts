// SPDX-License-Identifier: GPL-3.0-or-later

// The first message between nodes that have just been opened at daemons that have just been
// started arrives, without another try: what findAddress and lookupPublicKey find likewise.

import { describe, expect, it } from "vitest";
import { createDaemonLab } from "../daemon-lab.js";
import type { LabNode } from "../lab-node.js";
import type { LinkOptions } from "../link-model.js";

const SEEDS = 50;
const WITHIN_MS = 2_000;
const REAL: Partial<LinkOptions> = { latencyMs: 4, jitterMs: 2 };

function createPair(seed: number, link: Partial<LinkOptions> = REAL) {
  const lab = createDaemonLab({ seed, link });
  const [home, away] = [lab.daemon("home"), lab.daemon("away")];
  lab.peers(home, away);
  return { lab, home, away };
}

/** The largest of what each seed gives. */
function worstOf(seeds: number, run: (seed: number) => number): number {
  let worst = 0;
  for (let seed = 1; seed <= seeds; seed++) worst = Math.max(worst, run(seed));
  return worst;
}

const hasCome = (node: LabNode, count = 1) => node.letters.length === count;

describe("the first message", () => {
  it(`arrives within ${WITHIN_MS} ms of the start, for ${SEEDS} seeds of ${SEEDS}`, () => {
    const worst = worstOf(SEEDS, (seed) => {
      const { lab, home, away } = createPair(seed);
      const [alice, bob] = [home.open(lab.key()), away.open(lab.key())];
      expect(alice.send(bob.address, "first")).toBeUndefined();
      const took = lab.world.runUntil("it came", () => hasCome(bob), WITHIN_MS);
      expect(bob.letters[0]).toMatchObject({ source: alice.address.toString(), text: "first" });
      return took;
    });
    console.log(`first message: ${worst} ms at most`);
  });

  it("arrives within 4 s when one datagram in ten is lost", () => {
    const worst = worstOf(SEEDS, (seed) => {
      const { lab, home, away } = createPair(seed, { ...REAL, loss: 0.1 });
      const [alice, bob] = [home.open(lab.key()), away.open(lab.key())];
      alice.send(bob.address, "first");
      return lab.world.runUntil("it came", () => hasCome(bob), 4_000);
    });
    console.log(`first message, 10 % loss: ${worst} ms at most`);
  });

  it("arrives within 2 s of the receiving node's opening, when that is 300 ms late", () => {
    worstOf(20, (seed) => {
      const { lab, home, away } = createPair(seed);
      const [alice, key] = [home.open(lab.key()), lab.key()];
      expect(alice.send(key.address, "early")).toBeUndefined();
      lab.world.run(300);
      const bob = away.open(key);
      return lab.world.runUntil("it came", () => hasCome(bob), WITHIN_MS);
    });
  });

  it("arrives within 2 s of the start of the other daemon, when that is 1 s late", () => {
    const worst = worstOf(20, (seed) => {
      const lab = createDaemonLab({ seed, link: REAL });
      const [home, away] = [lab.daemon("home"), lab.daemon("away", { down: true })];
      lab.peers(home, away);
      const [alice, key] = [home.open(lab.key()), lab.key()];
      expect(alice.send(key.address, "early")).toBeUndefined();
      lab.world.run(1_000);
      away.start();
      const bob = away.open(key);
      return lab.world.runUntil("it came", () => hasCome(bob), WITHIN_MS);
    });
    console.log(`other daemon 1 s late: ${worst} ms at most`);
  });

  it("arrives between all 90 ordered pairs of 10 nodes at once, 20 seeds of 20", () => {
    const worst = worstOf(20, (seed) => {
      const { lab, home, away } = createPair(seed);
      const keys = Array.from({ length: 10 }, () => lab.key());
      const nodes = keys.map((key, i) => (i < 5 ? home : away).open(key));
      for (const one of nodes) {
        for (const other of nodes) if (one !== other) one.send(other.address, "ninebytes");
      }
      const all = () => nodes.every((node) => hasCome(node, 9));
      const took = lab.world.runUntil("all came", all, WITHIN_MS);
      for (const node of nodes) {
        expect(new Set(node.letters.map(({ source }) => source)).size).toBe(9);
        expect(new Set(node.texts)).toEqual(new Set(["ninebytes"]));
      }
      return took;
    });
    console.log(`90 pairs: ${worst} ms at most`);
  });
});

describe("right after the start", () => {
  /** Asks for a node and for its daemon at once: the seeds for which not all of it was found. */
  const missing = async (loss: number, withinMs: number): Promise<readonly number[]> => {
    const seeds: number[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { lab, home, away } = createPair(seed, { ...REAL, loss });
      const bob = away.open(lab.key());
      const { service } = home.engine;
      const { bytes } = bob.address;
      let found: readonly string[] = [];
      Promise.all([
        service.findAddress(bytes, 256),
        service.findAddress(bytes, 32),
        service.lookupPublicKey(bob.address).then((key) => key.address),
        service.lookupPublicKey(away.address).then((key) => key.address),
      ]).then(
        (addresses) => {
          found = addresses.map(String);
        },
        (error: Error) => {
          found = [error.message];
        },
      );
      lab.world.run(withinMs);
      await new Promise((resolve) => setImmediate(resolve));
      const expected = [bob.address, bob.address, bob.address, away.address].map(String);
      if (found.join() !== expected.join()) seeds.push(seed);
    }
    return seeds;
  };

  it(`findAddress and lookupPublicKey find, within 2 s, ${SEEDS} seeds of ${SEEDS}`, async () => {
    expect(await missing(0, WITHIN_MS)).toEqual([]);
  });

  it("… and within 4 s when one datagram in ten is lost, but for one in 25", async () => {
    // A neighbour's answer may be lost again and again for the 2 s that a question is open.
    const seeds = await missing(0.1, 4_000);
    console.log(`not found with 10 % loss: ${seeds.length} of ${SEEDS}`);
    expect(seeds.length).toBeLessThanOrEqual(SEEDS / 25);
  });

  it("a node that opens 300 ms after somebody asked for it is found", async () => {
    const { lab, home, away } = createPair(1);
    const key = lab.key();
    const { bytes } = key.address;
    const { service } = home.engine;
    const first = service.findAddress(bytes, 256).then(String, (error: Error) => error.message);
    lab.world.run(300);
    away.open(key);
    lab.world.run(WITHIN_MS);
    // Everybody who is there had said no before, which is an answer; asked again, it is found.
    expect(await first).toContain("the network knows no address");
    const again = service.findAddress(bytes, 256);
    lab.world.run(WITHIN_MS);
    expect(String(await again)).toBe(key.address.toString());
  });
});
