// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createAckFields } from "../../../server/src/link/frames/ack-frame.js";
import { createReceivedCounters } from "../../../server/src/link/received-counters.js";
import { createSentDatagrams, type SentSink } from "../../../server/src/link/sent-datagrams.js";
import { createSeededRandom } from "../../support/seeded-random.js";

describe("received counters", () => {
  it("agree with a set, as far down as they are kept", () => {
    const random = createSeededRandom(9);
    let wrong = 0;
    for (let round = 0; round < 50; round++) {
      const counters = createReceivedCounters(1);
      const fields = createAckFields();
      const seen = new Set<number>();
      const order = Array.from({ length: 200 }, (_, i) => ({ i, key: i + random.below(30) }))
        .sort((a, b) => a.key - b.key)
        .filter(() => !random.oneIn(12));
      for (const { i } of order) {
        counters.add(i, 10, true, i);
        seen.add(i);
        counters.acknowledge(fields, i);
        const said = new Set<number>();
        for (let r = 0; r < fields.ranges; r++) {
          for (let c = fields.lows[r] ?? 0; c <= (fields.highs[r] ?? -1); c++) said.add(c);
        }
        const lowest = fields.lows[fields.ranges - 1] ?? 0;
        // Everything from the lowest range up is said, and nothing else.
        for (const counter of said) if (!seen.has(counter)) wrong += 1;
        for (const counter of seen) if (counter >= lowest && !said.has(counter)) wrong += 1;
        if (fields.ranges < 32 && said.size !== seen.size) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  });

  it("count what waits, and say how long the largest has waited", () => {
    const counters = createReceivedCounters(7);
    const fields = createAckFields();
    counters.add(5, 100, true, 10);
    counters.add(3, 50, true, 12);
    counters.add(6, 50, false, 13);
    expect([counters.waiting(), counters.waitingBytes()]).toEqual([2, 150]);
    counters.acknowledge(fields, 13.5);
    expect([fields.index, fields.delayMicros, fields.ranges]).toEqual([7, 500, 2]);
    expect(counters.waiting()).toBe(0);
  });
});

/** A sink that writes everything down; datagrams are lost after 50 ms. */
function createLog() {
  const log: string[] = [];
  const sink: SentSink = {
    acknowledged: (path, bytes) => void log.push(`acknowledged ${path} ${bytes}`),
    patienceMs: () => 50,
    lost: (path, bytes) => void log.push(`lost ${path} ${bytes}`),
    forgotten: (path, bytes) => void log.push(`forgotten ${path} ${bytes}`),
  };
  return { log, sink };
}

function acknowledging(...ranges: readonly (readonly [number, number])[]) {
  const fields = createAckFields();
  fields.ranges = ranges.length;
  for (const [i, [low, high]] of ranges.entries()) {
    fields.lows[i] = low;
    fields.highs[i] = high;
  }
  return fields;
}

describe("sent datagrams", () => {
  it("are told once each, whatever is acknowledged how often", () => {
    const random = createSeededRandom(8);
    const told = new Map<number, number>();
    const tell = (_path: number, bytes: number): void => {
      told.set(bytes, (told.get(bytes) ?? 0) + 1);
    };
    const sent = createSentDatagrams(1, {
      acknowledged: tell,
      patienceMs: () => 40,
      lost: tell,
      forgotten: tell,
    });
    let counter = 0;
    for (let nowMs = 0; nowMs < 2_000; nowMs++) {
      for (let i = random.below(20); i > 0; i--) {
        sent.add(counter, 0, counter, 0, 0, 0, nowMs);
        counter += 1 + (random.oneIn(50) ? 3 : 0);
      }
      const high = Math.max(0, counter - random.below(400));
      const low = Math.max(0, high - random.below(100));
      sent.acknowledge(
        acknowledging([low, high], [Math.max(0, low - 50), Math.max(0, low - 20)]),
        nowMs,
      );
      if (random.oneIn(10)) sent.findLost(nowMs);
    }
    sent.findLost(10_000);
    expect(sent.open()).toBe(0);
    expect(Math.max(...told.values())).toBe(1);
    expect(told.size).toBeGreaterThan(10_000);
  });

  it("gives the time of the largest, only if that is news", () => {
    const { sink, log } = createLog();
    const sent = createSentDatagrams(1, sink);
    sent.add(0, 3, 100, 0, 0, 0, 10);
    sent.add(1, 3, 200, 0, 0, 0, 20);
    expect(sent.acknowledge(acknowledging([1, 1]), 30)).toBe(20);
    expect(sent.acknowledge(acknowledging([1, 1]), 30)).toBe(-1);
    expect(sent.acknowledge(acknowledging([9, 9], [0, 2 ** 52]), 30)).toBe(-1);
    expect(log).toEqual(["acknowledged 3 200", "acknowledged 3 100"]);
  });

  it("are lost after the path's patience, and then no more", () => {
    const { sink, log } = createLog();
    const sent = createSentDatagrams(1, sink);
    sent.add(0, 1, 100, 0, 0, 0, 0);
    sent.add(1, 1, 200, 0, 0, 0, 30);
    sent.findLost(49);
    expect(log).toEqual([]);
    sent.findLost(60);
    expect(log).toEqual(["lost 1 100"]);
    sent.acknowledge(acknowledging([0, 1]), 61);
    expect(log).toEqual(["lost 1 100", "acknowledged 1 200"]);
  });

  it("are bounded in number: the oldest are forgotten", () => {
    const { sink, log } = createLog();
    const sent = createSentDatagrams(1, sink);
    for (let counter = 0; counter < 20_000; counter++) sent.add(counter, 0, 1, 0, 0, 0, 0);
    expect(sent.open()).toBe(8_192);
    expect(log.length).toBe(20_000 - 8_192);
    sent.reset(2);
    expect(log.length).toBe(20_000);
    expect(sent.open()).toBe(0);
  });
});
