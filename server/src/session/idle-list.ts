// SPDX-License-Identifier: GPL-3.0-or-later

// All pairs in the order of their last use: who has not been used for long is forgotten, and where
// there are too many, whoever was used longest ago. One deadline for all, and no work per packet
// beyond a comparison.

import { createDeadline, type Deadlines } from "../core/index.js";
import { IDLE_MS, TOUCH_MS } from "./constants.js";
import { isWaiting, type Pair } from "./pair.js";

/** The list. */
export interface IdleList {
  /** It is used now; added if it is new. */
  touch(pair: Pair, nowMs: number): void;
  remove(pair: Pair): void;
  /** The one that was used longest ago, if possible one for which nothing waits. */
  oldest(): Pair | undefined;
  size(): number;
  /** All, in no particular order; removing one meanwhile is allowed. */
  values(): Iterable<Pair>;
  /** Is not woken any more. */
  stop(): void;
}

/** Pairs for which something waits that are looked at before one of them is the oldest. */
const MOST_LOOKED_AT = 16;

/** An empty list. `idle` is to remove the pair. */
export function createIdleList(
  deadlines: Deadlines,
  idle: (pair: Pair, nowMs: number) => void,
): IdleList {
  const pairs = new Set<Pair>();
  const move = (pair: Pair, nowMs: number): void => {
    pair.usedMs = nowMs;
    pairs.delete(pair);
    pairs.add(pair);
  };
  const sweep = (nowMs: number): void => {
    for (const pair of pairs) {
      // The same sum as the deadline's: a difference may round to less, and be due for ever.
      if (nowMs < pair.usedMs + IDLE_MS) break;
      if (isWaiting(pair)) move(pair, nowMs);
      else idle(pair, nowMs);
    }
    const [first] = pairs;
    if (first !== undefined) deadlines.set(deadline, first.usedMs + IDLE_MS);
  };
  const deadline = createDeadline(sweep);

  return {
    touch(pair, nowMs) {
      if (nowMs - pair.usedMs < TOUCH_MS) return;
      move(pair, nowMs);
      if (pairs.size === 1) deadlines.set(deadline, nowMs + IDLE_MS);
    },
    remove(pair) {
      pairs.delete(pair);
      if (pairs.size === 0) deadlines.clear(deadline);
    },
    oldest() {
      let looked = 0;
      let oldest: Pair | undefined;
      for (const pair of pairs) {
        oldest ??= pair;
        if (!isWaiting(pair)) return pair;
        if (++looked >= MOST_LOOKED_AT) break;
      }
      return oldest;
    },
    size() {
      return pairs.size;
    },
    values: () => pairs,
    stop: () => deadlines.clear(deadline),
  };
}
