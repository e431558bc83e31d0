// SPDX-License-Identifier: GPL-3.0-or-later

// The pairs with something that waits: who waits for which destination, who has waited too long
// (S13), and when to ask again. One deadline for all. Invariant: a pair stands here exactly while
// something of it waits.

import {
  type AddressMap,
  createAddressMap,
  createDeadline,
  type Deadlines,
  type Random,
} from "../core/index.js";
import { ASK_AGAIN_MS, GIVE_UP_MS } from "./constants.js";
import type { Pair } from "./pair.js";

/** What is to be done for those that wait. */
export interface WaitingSink {
  /** It has waited for GIVE_UP_MS. */
  giveUp(pair: Pair, nowMs: number): void;
  /** See whether it can go on now. */
  goOn(pair: Pair, nowMs: number): void;
}

/** The list. */
export interface WaitingList {
  /** Something of it waits from now on, unless it stands here already. */
  add(pair: Pair, nowMs: number): void;
  /** Some of it was sent: its time begins anew. */
  progressed(pair: Pair, nowMs: number): void;
  /** Nothing of it waits any more; false if nothing did. */
  remove(pair: Pair): boolean;
  /** Those that wait for this destination (32 bytes), as they are now. */
  of(destination: Uint8Array): readonly Pair[];
  /** All, as they are now. */
  all(): readonly Pair[];
  size(): number;
  /** Is not woken any more. */
  stop(): void;
}

/** An empty list. */
export function createWaitingList(
  deadlines: Deadlines,
  random: Random,
  sink: WaitingSink,
): WaitingList {
  const pairs = new Set<Pair>();
  const byRemote: AddressMap<Set<Pair>> = createAddressMap(random);

  const tick = (nowMs: number): void => {
    for (const pair of [...pairs]) {
      if (!pairs.has(pair)) continue;
      if (nowMs - pair.waitingSinceMs >= GIVE_UP_MS) sink.giveUp(pair, nowMs);
      else sink.goOn(pair, nowMs);
    }
    if (pairs.size > 0) deadlines.set(deadline, nowMs + ASK_AGAIN_MS);
  };
  const deadline = createDeadline(tick);

  return {
    add(pair, nowMs) {
      if (pairs.has(pair)) return;
      pair.waitingSinceMs = nowMs;
      pairs.add(pair);
      const others = byRemote.get(pair.remote, 0);
      if (others === undefined) byRemote.set(pair.remote, new Set([pair]));
      else others.add(pair);
      if (pairs.size === 1) deadlines.set(deadline, nowMs + ASK_AGAIN_MS);
    },
    progressed(pair, nowMs) {
      pair.waitingSinceMs = nowMs;
    },
    remove(pair) {
      if (!pairs.delete(pair)) return false;
      const others = byRemote.get(pair.remote, 0);
      others?.delete(pair);
      if (others?.size === 0) byRemote.delete(pair.remote);
      if (pairs.size === 0) deadlines.clear(deadline);
      return true;
    },
    of: (destination) => [...(byRemote.get(destination, 0) ?? [])],
    all: () => [...pairs],
    size() {
      return pairs.size;
    },
    stop: () => deadlines.clear(deadline),
  };
}
