// SPDX-License-Identifier: GPL-3.0-or-later

// S10: a counter is accepted once, and only what is authentic moves the window.

import { describe, expect, it } from "vitest";
import { LINK_LAYER, SESSION_LAYER } from "../../../../server/src/channel/index.js";
import { createReplayWindow } from "../../../../server/src/channel/replay-window.js";
import { createChannelLab, type Flying } from "../../../support/channel-lab.js";
import { createSeededRandom } from "../../../support/seeded-random.js";

describe.each(["link", "session"] as const)("the window in the %s layer", (layer) => {
  it("window-not-moved-by-forgery", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, Uint8Array.of(0));
    lab.run(500);
    const held: Flying[] = [];
    lab.fate = (flying) => {
      held.push(flying);
      return [];
    };
    for (let i = 1; i <= 5; i++) alice.send(bob, Uint8Array.of(i));
    // By whoever sees them: each with its own counter, and with ones far ahead.
    for (const { bytes, from } of held) {
      for (const ahead of [0, 0, 1, 31, 8_191, 40_000, 2 ** 32, 2 ** 47]) {
        const forged = bytes.slice();
        const counter = new DataView(forged.buffer);
        counter.setBigUint64(8, counter.getBigUint64(8, true) + BigInt(ahead), true);
        if (ahead === 0) forged[20] = (forged[20] ?? 0) ^ 1;
        lab.inject(bob, forged, from);
      }
    }
    lab.run(1);
    expect(bob.endpoint.counters.droppedNotAuthentic).toBe(5 * 8);
    expect(bob.arrivals.length).toBe(1);
    for (const { bytes, from } of held.reverse()) lab.inject(bob, bytes, from);
    lab.run(1);
    expect(bob.arrivals.map(({ bytes }) => bytes[0])).toEqual([0, 5, 4, 3, 2, 1]);
    for (const { bytes, from } of held) lab.inject(bob, bytes, from);
    lab.run(1);
    expect(bob.arrivals.length).toBe(6);
    expect(bob.endpoint.counters.droppedReplay).toBe(5);
  });

  it("lets a datagram be late by its window less one, and no later", () => {
    const lab = createChannelLab({ layer });
    const alice = lab.host("alice");
    const bob = lab.host("bob");
    alice.send(bob, Uint8Array.of(0));
    lab.run(500);
    const held: Flying[] = [];
    lab.fate = (flying) => {
      held.push(flying);
      return [];
    };
    for (let i = 0; i <= lab.rules.windowBits; i++) alice.send(bob, Uint8Array.of(1));
    const newest = held.pop();
    for (const flying of [newest, held[0], held[1]]) {
      if (flying !== undefined) lab.inject(bob, flying.bytes, flying.from);
    }
    lab.run(0);
    expect(bob.arrivals.length).toBe(3);
    expect(bob.endpoint.counters.droppedReplay).toBe(1);
  });
});

describe("the window", () => {
  it.each([32, 64, 96, SESSION_LAYER.windowBits, LINK_LAYER.windowBits])(
    "window-model-against-naive-twin: %d bits",
    (bits) => compareWithTwin(bits, bits > 1_000 ? 60_000 : 20_000),
  );
  it("window-model-against-naive-twin", () => {
    for (let seed = 1; seed <= 300; seed++) compareWithTwin(64, 200, seed);
  });
});

/** A window that remembers everything. */
function createTwin(bits: number) {
  const seen = new Set<number>();
  let newest = -1;
  return {
    get newest() {
      return newest;
    },
    fresh: (counter: number) => counter > newest - bits && !seen.has(counter),
    mark(counter: number) {
      seen.add(counter);
      newest = Math.max(newest, counter);
    },
  };
}

function compareWithTwin(bits: number, steps: number, seed = bits): void {
  const random = createSeededRandom(seed);
  const window = createReplayWindow(bits);
  const twin = createTwin(bits);
  let base = random.pick([0, 0, 2 ** 31 - 50, 2 ** 32 - 50, 2 ** 40 - 50, 2 ** 48 - 2 ** 20]);
  for (let step = 0; step < steps; step++) {
    if (random.oneIn(50)) base += random.below(random.pick([bits, 3 * bits, 33, 2]));
    const offset = random.pick([
      0,
      1,
      31,
      32,
      33,
      bits - 1,
      bits,
      bits + 1,
      random.below(2 * bits),
    ]);
    const counter = Math.max(0, base + random.pick([-offset, -offset, random.below(40)]));
    const fresh = twin.fresh(counter);
    if (window.fresh(counter) !== fresh) {
      throw new Error(`seed ${seed}, step ${step}: ${counter} after ${twin.newest} is ${fresh}`);
    }
    // Not all that is fresh is authentic.
    if (!fresh || random.oneIn(8)) continue;
    twin.mark(counter);
    window.mark(counter);
    base = Math.max(base, twin.newest);
  }
}
