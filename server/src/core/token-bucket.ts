// SPDX-License-Identifier: GPL-3.0-or-later

/** Limits a rate: so many a second in the long run, so many at once. */
export interface TokenBucket {
  /** Takes one token, or `count`; false, and none taken, when there are not so many at `nowMs` (monotonic). */
  take(nowMs: number, count?: number): boolean;
}

/** A full bucket. `ratePerSecond` and `burst` are positive. */
export function createTokenBucket(ratePerSecond: number, burst: number): TokenBucket {
  let tokens = burst;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    take(nowMs, count = 1) {
      if (nowMs > lastMs) {
        tokens = Math.min(burst, tokens + ((nowMs - lastMs) * ratePerSecond) / 1000);
        lastMs = nowMs;
      }
      if (tokens < count) return false;
      tokens -= count;
      return true;
    },
  };
}
