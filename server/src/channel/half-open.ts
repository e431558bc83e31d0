// SPDX-License-Identifier: GPL-3.0-or-later

// The half-open handshakes of a responder (S4): bounded in number and age, and shared so that one
// holder's flood pushes out its own.

import { createDeadline, type Deadlines } from "../core/index.js";
import { HALF_OPEN_MS } from "./constants.js";

/** What the table needs to know of a half-open handshake. */
export interface HalfOpen {
  /** The initiator's index and e: the same ones again are the same handshake (S3). */
  readonly key: string;
  readonly holder: string;
  /** It came with a valid cookie. */
  readonly proven: boolean;
  readonly createdMs: number;
  /** Wipes it and releases its index. */
  end(): void;
}

/** The table. */
export interface HalfOpenTable<H extends HalfOpen> {
  /** The handshake that this message 1 began. */
  get(key: string): H | undefined;
  /** Adds one, evicting one where there is no room: of the largest holder, the oldest unproven. */
  add(entry: H): void;
  /** Takes out one that is over; does not end it. */
  remove(entry: H): void;
  size(): number;
  /** Ends all. */
  clear(): void;
}

/** Told when a handshake ended without a message 3. */
export interface HalfOpenSink {
  expired(): void;
  evicted(): void;
}

/** An empty table with room for `limit`. */
export function createHalfOpenTable<H extends HalfOpen>(
  deadlines: Deadlines,
  limit: number,
  sink: HalfOpenSink,
): HalfOpenTable<H> {
  // Both in the order of creation.
  const entries = new Map<string, H>();
  const holders = new Map<string, Set<H>>();

  const remove = (entry: H): void => {
    entries.delete(entry.key);
    const held = holders.get(entry.holder);
    held?.delete(entry);
    if (held?.size === 0) holders.delete(entry.holder);
  };
  const evict = (): void => {
    let largest: Set<H> | undefined;
    for (const held of holders.values()) {
      if (largest === undefined || held.size > largest.size) largest = held;
    }
    let victim: H | undefined;
    for (const entry of largest ?? []) {
      victim ??= entry;
      if (entry.proven) continue;
      victim = entry;
      break;
    }
    if (victim === undefined) return;
    remove(victim);
    victim.end();
    sink.evicted();
  };
  const expire = (nowMs: number): void => {
    for (const entry of entries.values()) {
      if (nowMs < entry.createdMs + HALF_OPEN_MS) {
        deadlines.set(deadline, entry.createdMs + HALF_OPEN_MS);
        return;
      }
      remove(entry);
      entry.end();
      sink.expired();
    }
  };
  const deadline = createDeadline(expire);
  return {
    get: (key) => entries.get(key),
    add(entry) {
      if (entries.size >= limit) evict();
      if (entries.size === 0) deadlines.set(deadline, entry.createdMs + HALF_OPEN_MS);
      entries.set(entry.key, entry);
      const held = holders.get(entry.holder) ?? new Set<H>();
      holders.set(entry.holder, held.add(entry));
    },
    remove,
    size() {
      return entries.size;
    },
    clear() {
      for (const entry of entries.values()) entry.end();
      entries.clear();
      holders.clear();
      deadlines.clear(deadline);
    },
  };
}
