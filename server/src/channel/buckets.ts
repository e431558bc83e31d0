// SPDX-License-Identifier: GPL-3.0-or-later

// Rates by key, of keys that strangers choose: bounded in number.

import { createLru, createTokenBucket, type TokenBucket } from "../core/index.js";
import { MOST_BUCKETS } from "./constants.js";

/** A token bucket for each key. */
export interface Buckets {
  /** Takes one token of this key's bucket; false when there is none. */
  take(key: string, nowMs: number): boolean;
}

/** Buckets of one rate; the one used longest ago is forgotten, and full again when it comes back. */
export function createBuckets(ratePerSecond: number, burst: number): Buckets {
  const buckets = createLru<string, TokenBucket>(MOST_BUCKETS);
  return {
    take(key, nowMs) {
      let bucket = buckets.get(key);
      if (bucket === undefined) {
        bucket = createTokenBucket(ratePerSecond, burst);
        buckets.set(key, bucket);
      }
      return bucket.take(nowMs);
    },
  };
}
