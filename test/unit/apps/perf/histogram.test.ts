// SPDX-License-Identifier: GPL-3.0-or-later

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHistogram } from "../../../../apps/src/perf/histogram.js";

const PERCENTS = [0, 1, 50, 90, 99, 99.9, 100];

describe("the histogram", () => {
  it("has percentiles within 1.6 % of those of the sorted values", () => {
    const value = fc.oneof(fc.nat(200), fc.nat(100_000), fc.nat(0x7fffffff));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (values) => {
        const histogram = createHistogram();
        for (const each of values) histogram.add(each);
        const sorted = [...values].sort((a, b) => a - b);
        for (const percent of PERCENTS) {
          const rank = Math.max(1, Math.ceil((percent / 100) * values.length));
          const exact = sorted[rank - 1] ?? 0;
          const error = Math.abs(histogram.percentile(percent) - exact);
          expect(error).toBeLessThanOrEqual(0.016 * exact);
        }
        expect(histogram.min).toBe(sorted[0]);
        expect(histogram.max).toBe(sorted.at(-1));
        expect(histogram.count).toBe(values.length);
      }),
    );
  });

  it("is exact for small values", () => {
    const histogram = createHistogram();
    for (let value = 0; value < 128; value++) histogram.add(value);
    for (let value = 0; value < 128; value++) {
      expect(histogram.percentile((100 * (value + 1)) / 128)).toBe(value);
    }
    expect(histogram.mean).toBe(63.5);
  });

  it("is all zeros when empty", () => {
    const { min, max, mean, count } = createHistogram();
    expect([min, max, mean, count, createHistogram().percentile(50)]).toEqual([0, 0, 0, 0, 0]);
  });

  it("takes what is out of its range for its ends", () => {
    const histogram = createHistogram();
    histogram.add(-1);
    histogram.add(1e12);
    expect(histogram.percentile(100)).toBeLessThanOrEqual(1e12);
    expect(histogram.count).toBe(2);
  });
});
