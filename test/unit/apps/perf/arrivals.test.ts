// SPDX-License-Identifier: GPL-3.0-or-later

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createArrivals } from "../../../../apps/src/perf/arrivals.js";

/** The slow and obvious twin, for runs shorter than the window. */
function naive(numbers: readonly number[]) {
  const seen = new Set<number>();
  let duplicates = 0;
  let reordered = 0;
  let highest = 0;
  for (const number of numbers) {
    if (seen.has(number)) duplicates += 1;
    else {
      if (number < highest) reordered += 1;
      seen.add(number);
      highest = Math.max(highest, number);
    }
  }
  return { received: seen.size, duplicates, reordered, late: 0 };
}

function count(numbers: readonly number[]) {
  const arrivals = createArrivals();
  for (const number of numbers) arrivals.add(number);
  const { received, duplicates, reordered, late } = arrivals;
  return { received, duplicates, reordered, late };
}

describe("arrivals", () => {
  it("count as their naive twin does", () => {
    const near = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 100 });
    const far = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 30 });
    const agrees = (numbers: readonly number[]): void => {
      expect(count(numbers)).toEqual(naive(numbers));
    };
    fc.assert(fc.property(near, agrees));
    fc.assert(fc.property(far, agrees), { numRuns: 30 });
  });

  it("forget what was before the window, and reuse its bits", () => {
    const window = 1 << 20;
    const numbers = [1, 2, 3, window + 2, 1, 2, 3];
    expect(count(numbers)).toEqual({ received: 4, duplicates: 1, reordered: 0, late: 2 });
    expect(count([5, window * 3 + 5, window * 3 + 4])).toEqual({
      received: 3,
      duplicates: 0,
      reordered: 1,
      late: 0,
    });
  });

  it("do not take a number for one a window before it", () => {
    const window = 1 << 20;
    expect(count([5, window, window + 6, window + 5])).toEqual({
      received: 4,
      duplicates: 0,
      reordered: 1,
      late: 0,
    });
  });

  it("take numbers beyond 32 bits", () => {
    expect(count([2 ** 40, 2 ** 40 + 1, 2 ** 40])).toMatchObject({ received: 2, duplicates: 1 });
  });
});
