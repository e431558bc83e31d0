// SPDX-License-Identifier: GPL-3.0-or-later

// How many messages 2, or 3, are looked into (S5). Whoever has a handshake with us may send any
// number of forged ones for it; they use up a part of what there is, and the others have the rest.

import { createTokenBucket } from "../core/index.js";
import { createBuckets } from "./buckets.js";
import {
  type Budgets,
  HANDSHAKE_BURST_SHARE,
  HANDSHAKE_LEAST_BURST,
  HANDSHAKE_SHARE,
} from "./constants.js";

/** A rate in all, and a part of it for each group. */
export interface HandshakeBudget {
  /**
   * Whether one more is looked into. `group`: with whom the handshake is; not where the datagram
   * says that it comes from, which anybody can write.
   */
  take(group: string, nowMs: number): boolean;
}

/** The budget for one of the two messages. */
export function createHandshakeBudget({ message23 }: Budgets): HandshakeBudget {
  const burst = message23 / 5;
  const all = createTokenBucket(message23, burst);
  const groups = createBuckets(
    message23 * HANDSHAKE_SHARE,
    Math.max(HANDSHAKE_LEAST_BURST, burst * HANDSHAKE_BURST_SHARE),
  );
  return { take: (group, nowMs) => groups.take(group, nowMs) && all.take(nowMs) };
}
