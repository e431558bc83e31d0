// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Counts values in buckets that grow with the value: percentiles of any number of values in a
 * few kilobytes, each at most 1.6 % off. Minimum and maximum are exact.
 */

/** A histogram of whole numbers from 0 to 2^31 - 1; what is above counts as that. */
export interface Histogram {
  add(value: number): void;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** The smallest value that so many percent, 0 to 100, do not exceed; 0 when there is none. */
  percentile(percent: number): number;
}

// Below 128 each value has a bucket; above, each power of two has 64 of them.
const FINE_BITS = 6;
const PER_OCTAVE = 1 << FINE_BITS;
const MOST = 0x7fff_ffff;
const BUCKETS = PER_OCTAVE * (32 - FINE_BITS);

/** An empty histogram. */
export function createHistogram(): Histogram {
  const buckets = new Float64Array(BUCKETS);
  let count = 0;
  let sum = 0;
  let min = Infinity;
  let max = 0;

  return {
    add(value) {
      const whole = Math.min(Math.max(Math.round(value), 0), MOST);
      const bucket = bucketOf(whole);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      count += 1;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    },
    get count() {
      return count;
    },
    get min() {
      return count === 0 ? 0 : min;
    },
    get max() {
      return max;
    },
    get mean() {
      return count === 0 ? 0 : sum / count;
    },
    percentile(percent) {
      if (count === 0) return 0;
      let left = Math.max(1, Math.ceil((percent / 100) * count));
      const bucket = buckets.findIndex((inBucket) => {
        left -= inBucket;
        return left <= 0;
      });
      return Math.min(Math.max(middleOf(bucket), min), max);
    },
  };
}

function bucketOf(value: number): number {
  const shift = Math.max(0, 31 - Math.clz32(value) - FINE_BITS);
  return shift * PER_OCTAVE + (value >> shift);
}

function middleOf(bucket: number): number {
  const shift = Math.max(0, (bucket >> FINE_BITS) - 1);
  const low = (bucket - shift * PER_OCTAVE) * 2 ** shift;
  return low + (2 ** shift - 1) / 2;
}
