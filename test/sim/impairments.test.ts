// SPDX-License-Identifier: GPL-3.0-or-later

// Each impairment does what it says, as much as it says, and leaves the others as they were.

import { describe, expect, it } from "vitest";
import type { LinkOptions } from "./link-model.js";
import { A, accounted, addressOf, B, createPair, type Pair, sendNumbered } from "./support.js";

/** Sends so many, one each millisecond, and lets them arrive. */
function sendMany(pair: Pair, count: number, length?: number, everyMs = 1): void {
  for (let i = 0; i < count; i++) {
    pair.send(i, length);
    pair.world.run(everyMs);
  }
  pair.world.run(10_000);
  expect(accounted(pair.network)).toBe(true);
  expect(pair.network.counters.inFlight).toBe(0);
}

/** The lengths of the runs of numbers that did not arrive. */
function gaps(numbers: readonly number[], count: number): number[] {
  const present = new Set(numbers);
  const runs: number[] = [];
  for (let i = 0, run = 0; i <= count; i++) {
    if (i < count && !present.has(i)) run += 1;
    else if (run > 0) {
      runs.push(run);
      run = 0;
    }
  }
  return runs;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const ascending = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("a link", () => {
  it("carries everything in order after its latency when it is clean", () => {
    const pair = createPair({ latencyMs: 12.5 });
    sendMany(pair, 500, undefined, 0);
    expect(pair.numbers()).toEqual(ascending(500));
    for (const { atMs, from } of pair.arrivals) {
      expect(atMs).toBe(1_012.5);
      expect(from).toBe(A);
    }
  });

  it("varies the time on the way within the jitter, and keeps the order", () => {
    const pair = createPair({ latencyMs: 10, jitterMs: 4 });
    sendMany(pair, 2_000, undefined, 50);
    expect(pair.numbers()).toEqual(ascending(2_000));
    const times = pair.arrivals.map(({ atMs, number }) => atMs - 1_000 - number * 50);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(10);
    expect(Math.min(...times)).toBeLessThan(10.1);
    expect(Math.max(...times)).toBeLessThanOrEqual(14);
    expect(Math.max(...times)).toBeGreaterThan(13.9);
    expect(mean(times)).toBeCloseTo(12, 0);

    const dense = createPair({ latencyMs: 10, jitterMs: 40 });
    sendMany(dense, 500);
    expect(dense.numbers()).toEqual(ascending(500));
  });

  it.each([0.01, 0.05, 0.3])("loses the share %d, each datagram by itself", (loss) => {
    const pair = createPair({ loss });
    const count = 20_000;
    sendMany(pair, count, undefined, 0.1);
    const lost = count - pair.arrivals.length;
    expect(pair.network.counters.dropped.lost).toBe(lost);
    // Four standard deviations.
    const spread = 4 * Math.sqrt(count * loss * (1 - loss));
    expect(Math.abs(lost - count * loss)).toBeLessThan(spread);
    expect(mean(gaps(pair.numbers(), count))).toBeCloseTo(1 / (1 - loss), 1);
  });

  it("loses in bursts of the length that was said", () => {
    const pair = createPair({ bursts: { enter: 0.01, leave: 0.1, loss: 1 } });
    const count = 50_000;
    sendMany(pair, count, undefined, 0.1);
    const runs = gaps(pair.numbers(), count);
    expect(pair.network.counters.dropped.burst).toBe(count - pair.arrivals.length);
    expect(pair.network.counters.dropped.lost).toBe(0);
    expect(mean(runs)).toBeGreaterThan(8);
    expect(mean(runs)).toBeLessThan(12);
    // The share of time in the bad state: enter / (enter + leave).
    expect((count - pair.arrivals.length) / count).toBeCloseTo(0.091, 1);

    const half = createPair({ bursts: { enter: 1, leave: 0, loss: 0.5 } });
    sendMany(half, 4_000, undefined, 0.1);
    expect(half.arrivals.length / 4_000).toBeCloseTo(0.5, 1);
  });

  it("repeats the share that was said, with the same bytes", () => {
    const pair = createPair({ duplicate: 0.2 });
    sendMany(pair, 5_000, undefined, 0.1);
    const { duplicated, delivered } = pair.network.counters;
    expect(duplicated / 5_000).toBeCloseTo(0.2, 1);
    expect(delivered).toBe(5_000 + duplicated);
    expect(pair.arrivals).toHaveLength(5_000 + duplicated);
    const times = new Map<number, number>();
    for (const { number } of pair.arrivals) times.set(number, (times.get(number) ?? 0) + 1);
    expect(times.size).toBe(5_000);
    expect([...times.values()].filter((count) => count === 2)).toHaveLength(duplicated);
    expect([...times.values()].filter((count) => count > 2)).toEqual([]);
  });

  it("holds up the share that was said, and others overtake it", () => {
    const pair = createPair({ latencyMs: 5, reorder: 0.1, reorderMs: 20 });
    sendMany(pair, 5_000);
    const late = pair.arrivals.filter(({ atMs, number }) => atMs > 1_005 + number);
    expect(late.length / 5_000).toBeCloseTo(0.1, 1);
    expect(Math.max(...pair.arrivals.map(({ atMs, number }) => atMs - number))).toBeLessThan(1_025);
    const overtaken = pair.arrivals.filter(({ number }, i) => {
      const before = pair.arrivals[i - 1];
      return before !== undefined && before.number > number;
    });
    expect(overtaken.length).toBeGreaterThan(300);
    expect([...pair.numbers()].sort((x, y) => x - y)).toEqual(ascending(5_000));
  });

  it("drops what is larger than its MTU, without a word", () => {
    const pair = createPair({ mtuBytes: 1_400 });
    pair.send(1, 1_400);
    pair.send(2, 1_401);
    pair.world.run(1_000);
    expect(pair.numbers()).toEqual([1]);
    expect(pair.network.counters.dropped.mtu).toBe(1);
    expect(pair.a.counters).toMatchObject({ datagramsSent: 2, droppedTooLarge: 0 });
  });

  it("paces by its bandwidth", () => {
    const pair = createPair({ latencyMs: 10, bytesPerSecond: 100_000 });
    sendMany(pair, 100, 1_000, 0);
    // 1,000 bytes take 10 ms each.
    expect(pair.arrivals.map(({ atMs }) => Math.round(atMs))).toEqual(
      ascending(100).map((i) => 1_000 + 10 + 10 * (i + 1)),
    );
    pair.send(100, 500);
    const atMs = pair.world.nowMs;
    pair.world.run(100);
    expect(pair.arrivals.at(-1)?.atMs).toBe(atMs + 10 + 5);
  });

  it("drops from the end of a full queue", () => {
    const pair = createPair({ bytesPerSecond: 100_000, queueBytes: 10_000 });
    for (let i = 0; i < 30; i++) pair.send(i, 1_000);
    pair.world.run(50);
    for (let i = 30; i < 60; i++) pair.send(i, 1_000);
    pair.world.run(1_000);
    // Ten wait at once; after 50 ms five have left.
    expect(pair.numbers()).toEqual([...ascending(10), 30, 31, 32, 33, 34]);
    expect(pair.network.counters.dropped.queue).toBe(45);
    expect(accounted(pair.network)).toBe(true);
  });

  it("can be cut in one direction, and healed", () => {
    const pair = createPair();
    const back: number[] = [];
    pair.network.tap(({ from, bytes }) => {
      if (from === B) back.push(bytes[3] ?? 0);
      return undefined;
    });
    pair.network.link("one", "two", { cut: true });
    pair.send(1);
    sendNumbered(pair.b, addressOf(pair.b, A), 7, 100);
    pair.world.run(100);
    expect(pair.numbers()).toEqual([]);
    expect(back).toEqual([7]);
    expect(pair.a.counters.datagramsReceived).toBe(1);
    expect(pair.network.counters.dropped.cut).toBe(1);
    pair.network.link("one", "two", { cut: false });
    pair.send(2);
    pair.world.run(100);
    expect(pair.numbers()).toEqual([2]);
  });

  it("goes by the last word said, of an address, a host or all", () => {
    const pair = createPair({ latencyMs: 5 });
    const delay = (): number => {
      const sentMs = pair.world.nowMs;
      pair.send(0);
      pair.world.run(1_000);
      return (pair.arrivals.at(-1)?.atMs ?? 0) - sentMs;
    };
    expect(delay()).toBe(5);
    pair.network.link("*", "two", { latencyMs: 20 });
    expect(delay()).toBe(20);
    pair.network.link("10.0.0.1", "10.0.0.2", { latencyMs: 30 });
    expect(delay()).toBe(30);
    pair.network.between("two", "one", { loss: 0 });
    expect(delay()).toBe(30);
    pair.network.link("two", "one", { latencyMs: 99 });
    expect(delay()).toBe(30);
    pair.network.link("*", "*", { latencyMs: 1 });
    expect(delay()).toBe(1);
  });

  it("draws for one impairment without shifting another", () => {
    const lost = (link: Partial<LinkOptions>): number[] => {
      const pair = createPair({ loss: 0.1, ...link }, 77);
      sendMany(pair, 1_000);
      const present = new Set(pair.numbers());
      return ascending(1_000).filter((i) => !present.has(i));
    };
    const alone = lost({});
    expect(alone.length).toBeGreaterThan(50);
    expect(lost({ jitterMs: 5, duplicate: 0.3, reorder: 0.2 })).toEqual(alone);
    expect(lost({ bytesPerSecond: 1e9 })).toEqual(alone);
  });
});
