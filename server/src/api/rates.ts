// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Rates of all callers together. Guards that nobody is refused because of others: each has an even
 * share of its own, and takes from what all have in common only beyond it. In all no more than
 * twice the limit gets through.
 */
import { createTokenBucket, type TokenBucket } from "../core/index.js";

/** What is limited. */
export interface RateLimits {
  /** Callers that share evenly. */
  readonly clients: number;
  readonly totalRequestsPerSecond: number;
  readonly opensPerSecond: number;
}

/** Makes one caller's part of each rate. */
export interface Rates {
  requests(): TokenBucket;
  opens(): TokenBucket;
}

/** Nothing has been taken. */
export function createRates(limits: RateLimits): Rates {
  const { clients, totalRequestsPerSecond, opensPerSecond } = limits;
  const shared = (perSecond: number) => {
    const all = createTokenBucket(perSecond, perSecond);
    return (): TokenBucket => {
      const rate = perSecond / clients;
      const own = createTokenBucket(rate, Math.max(1, rate));
      return { take: (nowMs) => own.take(nowMs) || all.take(nowMs) };
    };
  };
  return { requests: shared(totalRequestsPerSecond), opens: shared(opensPerSecond) };
}
