// SPDX-License-Identifier: GPL-3.0-or-later

// Quotas of signatures outlive a link that goes down and up: a restart must not buy new ones.

import type { TokenBucket } from "../../core/index.js";
import type { RecordVerifier } from "../records/verifier.js";

/** The quotas of neighbours that are down. */
export interface Quotas {
  /** The quota of the neighbour of this name, as it left it. */
  take(name: string): TokenBucket;
  /** It is down. */
  give(name: string, quota: TokenBucket): void;
}

/** For what answers a question of our own, once: we decide how many of those there are. */
export const UNLIMITED: TokenBucket = { take: () => true };

/** Neighbours that are down whose quota is remembered. */
const MOST_QUOTAS = 1_024;

/** None is down. */
export function createQuotas(verifier: RecordVerifier): Quotas {
  const quotas = new Map<string, TokenBucket>();
  return {
    take(name) {
      const quota = quotas.get(name) ?? verifier.createQuota();
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
