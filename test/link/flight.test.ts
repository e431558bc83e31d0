// SPDX-License-Identifier: GPL-3.0-or-later

// How much is under way on paths of various kinds: the path is filled, whatever it loses at
// random, and the queue is the link's own.

import { describe, expect, it } from "vitest";
import { B1, createLinkLab } from "../sim/link-lab.js";
import type { LinkOptions } from "../sim/link-model.js";

const PACKET_BYTES = 1_300;

/** Half as much again as the path carries, for three seconds after one to get going. */
function overload(bytesPerSecond: number, link: Partial<LinkOptions>) {
  const path = { bytesPerSecond, mtuBytes: 1_472, queueBytes: 256 * 1024, ...link };
  const lab = createLinkLab({ link: path, windowBytes: 4 << 20 });
  const { world, network, a, b } = lab;
  a.add(B1);
  a.connect();
  lab.untilUp();
  world.run(500);
  let bytes = 0;
  b.onPacket = (_buffer, _at, length) => {
    bytes += length;
  };
  const packet = new Uint8Array(PACKET_BYTES);
  const perMs = (1.5 * bytesPerSecond) / 1000 / PACKET_BYTES;
  let due = 0;
  const run = (forMs: number): void => {
    for (let ms = 0; ms < forMs; ms++) {
      for (due += perMs; due >= 1; due -= 1) a.send(packet, ms & 15);
      world.run(1);
    }
  };
  run(1_000);
  bytes = 0;
  const before = network.counters;
  run(2_000);
  const after = network.counters;
  return {
    goodput: bytes / 2 / bytesPerSecond,
    overflow: (after.dropped.queue - before.dropped.queue) / (after.sent - before.sent),
    rttMs: (a.link.stats().paths[0]?.rttMicros ?? 0) / 1000,
    counters: a.link.stats().counters,
  };
}

describe("a path that is overloaded", () => {
  const cases = [
    ["far and slow", 1_000_000, { latencyMs: 40 }, 0.9],
    ["near and fast", 20_000_000, { latencyMs: 2 }, 0.9],
    ["5 % lost at random", 5_000_000, { latencyMs: 10, loss: 0.05 }, 0.85],
    [
      "losses in bursts",
      5_000_000,
      { latencyMs: 10, bursts: { enter: 0.005, leave: 0.2, loss: 0.7 } },
      0.85,
    ],
    ["jitter", 5_000_000, { latencyMs: 10, jitterMs: 10 }, 0.85],
    ["a short queue on the way", 5_000_000, { latencyMs: 10, queueBytes: 24 * 1024 }, 0.85],
  ] as const;
  for (const [name, bytesPerSecond, link, least] of cases) {
    it(`is filled: ${name}`, () => {
      const { goodput, overflow, rttMs, counters } = overload(bytesPerSecond, link);
      expect(goodput).toBeGreaterThan(least);
      // What waits, waits here: little is lost in queues on the way, and they are not long.
      expect(overflow).toBeLessThan("queueBytes" in link ? 0.25 : 0.03);
      expect(rttMs).toBeLessThan(2.5 * 2 * link.latencyMs + 40);
      expect(counters.droppedQueueFull + counters.droppedQueueAge).toBeGreaterThan(100);
    });
  }
});
