// SPDX-License-Identifier: GPL-3.0-or-later

// What a neighbour may cost us outlives a link that goes down and up: a flap must not buy more.

import type { TokenBucket } from "../../core/index.js";

/** The quotas of neighbours that are down; what each has is the algorithm's. */
export interface Quotas<T> {
  /** The quota of the neighbour of this name, as it left it. */
  take(name: string): T;
  /** It is down. */
  give(name: string, quota: T): void;
}

/** For what answers a question of our own, once: we decide how many of those there are. */
export const UNLIMITED: TokenBucket = { take: () => true };

/** Neighbours that are down whose quota is remembered. */
const MOST_QUOTAS = 1_024;

/** None is down. */
export function createQuotas<T>(create: () => T): Quotas<T> {
  const quotas = new Map<string, T>();
  return {
    take(name) {
      const quota = quotas.get(name) ?? create();
      quotas.delete(name);
      return quota;
    },
    give(name, quota) {
      quotas.set(name, quota);
      for (const oldest of quotas.keys()) {
        if (quotas.size <= MOST_QUOTAS) break;
        quotas.delete(oldest);
      }
    },
  };
}
