// SPDX-License-Identifier: GPL-3.0-or-later

// What follows message 3 before the peer has confirmed it. On a way that reorders it overtakes
// message 3, and the peer drops it (S7); so it is sent once more, byte for byte, when the
// confirmation comes. Invariant: what is kept is taken from the node's budget, and given back when
// the attempt is over at the latest.

import { createDeadline, type Deadlines } from "../core/index.js";
import { EARLY_MS, MOST_EARLY } from "./constants.js";
import type { Pair } from "./pair.js";

/** The early datagrams of all pairs. */
export interface EarlyStore {
  /** The session with this index of ours was established by us and is not confirmed. */
  begin(pair: Pair, index: number, nowMs: number): void;
  /** Keeps a copy of the datagram of `bytes` bytes at `at`, if there is room for it. */
  keep(pair: Pair, buffer: Uint8Array, at: number, bytes: number): void;
  /** Keeps nothing of this pair any more; what it had. */
  take(pair: Pair): readonly Uint8Array[];
}

/** An empty store. */
export function createEarlyStore(deadlines: Deadlines): EarlyStore {
  // In the order of their beginning.
  const pairs = new Set<Pair>();
  const take = (pair: Pair): readonly Uint8Array[] => {
    const { early, member } = pair;
    if (early === undefined) return [];
    pair.early = undefined;
    pairs.delete(pair);
    if (pairs.size === 0) deadlines.clear(deadline);
    for (const datagram of early.datagrams) member.budget.give(datagram.length);
    return early.datagrams;
  };
  const expire = (nowMs: number): void => {
    for (const pair of pairs) {
      const endMs = (pair.early?.sinceMs ?? 0) + EARLY_MS;
      if (nowMs < endMs) {
        deadlines.set(deadline, endMs);
        return;
      }
      take(pair);
    }
  };
  const deadline = createDeadline(expire);

  return {
    begin(pair, index, nowMs) {
      take(pair);
      pair.early = { index, sinceMs: nowMs, datagrams: [] };
      pairs.add(pair);
      if (pairs.size === 1) deadlines.set(deadline, nowMs + EARLY_MS);
    },
    keep({ early, member }, buffer, at, bytes) {
      if (early === undefined || early.datagrams.length >= MOST_EARLY) return;
      if (member.budget.take(bytes)) early.datagrams.push(buffer.slice(at, at + bytes));
    },
    take,
  };
}
