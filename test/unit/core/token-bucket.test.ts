// SPDX-License-Identifier: GPL-3.0-or-later

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTokenBucket } from "../../../server/src/core/index.js";

describe("createTokenBucket", () => {
  it("begins full, gives the burst, and then one for every period", () => {
    const bucket = createTokenBucket(10, 3);
    const took = (nowMs: number) => bucket.take(nowMs);
    expect([took(0), took(0), took(0), took(0)]).toEqual([true, true, true, false]);
    expect(took(99)).toBe(false);
    expect(took(100)).toBe(true);
    expect(took(100)).toBe(false);
    expect([took(300), took(300), took(300)]).toEqual([true, true, false]);
  });

  it("holds no more than the burst, however long nobody came", () => {
    const bucket = createTokenBucket(1_000, 2);
    bucket.take(0);
    expect([1e9, 1e9, 1e9].map((nowMs) => bucket.take(nowMs))).toEqual([true, true, false]);
  });

  it("is full at its first use whatever the clock says then", () => {
    for (const startMs of [0, 1e-3, 5_000_000]) {
      const bucket = createTokenBucket(1, 2);
      const takes = [startMs, startMs, startMs].map((nowMs) => bucket.take(nowMs));
      expect(takes).toEqual([true, true, false]);
    }
  });

  it("takes a clock that goes back for one that stands still", () => {
    const bucket = createTokenBucket(10, 1);
    expect(bucket.take(1_000)).toBe(true);
    expect(bucket.take(500)).toBe(false);
    expect(bucket.take(1_050)).toBe(false);
    expect(bucket.take(1_100)).toBe(true);
    // A bucket that is full stays so.
    const full = createTokenBucket(10, 1);
    expect(full.take(1_000)).toBe(true);
    expect(full.take(1_099)).toBe(false);
    const untouched = createTokenBucket(10, 2);
    expect([untouched.take(1_000), untouched.take(200)]).toEqual([true, true]);
  });

  it("never gives more than the burst and the rate together, in any window", () => {
    const gaps = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 300 });
    const whole = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(gaps, whole, whole, (waits, rate, burst) => {
        const bucket = createTokenBucket(rate, burst);
        const taken: number[] = [];
        let nowMs = 0;
        for (const wait of waits) {
          nowMs += wait;
          if (bucket.take(nowMs)) taken.push(nowMs);
        }
        for (const [i, from] of taken.entries()) {
          for (const [j, to] of taken.entries()) {
            if (j < i) continue;
            expect(j - i + 1).toBeLessThanOrEqual(burst + ((to - from) * rate) / 1000 + 1e-6);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("refuses nobody who keeps to the rate", () => {
    const bucket = createTokenBucket(50, 1);
    for (let i = 0; i < 1_000; i++) expect(bucket.take(i * 20)).toBe(true);
  });
});
