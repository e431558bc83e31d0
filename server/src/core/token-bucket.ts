// SPDX-License-Identifier: GPL-3.0-or-later

/** Limits a rate: so many a second in the long run, so many at once. */
export interface TokenBucket {
  /** Takes one token; false when there is none at `nowMs` (monotonic). */
  take(nowMs: number): boolean;
}

/** A full bucket. `ratePerSecond` and `burst` are positive. */
export function createTokenBucket(ratePerSecond: number, burst: number): TokenBucket {
  let tokens = burst;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    take(nowMs) {
      if (nowMs > lastMs) {
        tokens = Math.min(burst, tokens + ((nowMs - lastMs) * ratePerSecond) / 1000);
        lastMs = nowMs;
      }
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
