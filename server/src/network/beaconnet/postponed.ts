// SPDX-License-Identifier: GPL-3.0-or-later

// Beacons whose signature there was no room to look at when they came, as when one joins a large
// mesh by one neighbour: the neighbour is asked for them again, when there is. Invariants: what a
// neighbour makes us remember and ask is bounded, and it is asked for what it has told us itself.

import { MOST_POSTPONED, POSTPONED_AT_ONCE, POSTPONED_MS } from "./constants.js";
import type { Neighbour } from "./neighbours.js";
import type { Wanting } from "./wanting.js";

/** Beacons that are asked for again. */
export interface Postponed {
  /** Its beacon was not looked at. */
  add(router: Uint8Array, name: string, seq: number, from: Neighbour, nowMs: number): void;
  /** The neighbour is gone. */
  forget(from: Neighbour): void;
  /** Asks for what is due. */
  work(nowMs: number): void;
  readonly nextMs: number;
}

interface Missed {
  readonly address: Uint8Array;
  readonly seq: number;
}

const NEVER = Number.POSITIVE_INFINITY;

/** Nothing was postponed. */
export function createPostponed(wanting: Pick<Wanting, "wantFrom">): Postponed {
  const missed = new Map<Neighbour, Map<string, Missed>>();
  let nextMs = NEVER;
  return {
    add(address, name, seq, from, nowMs) {
      const ofNeighbour = missed.get(from) ?? new Map<string, Missed>();
      if (ofNeighbour.size >= MOST_POSTPONED && !ofNeighbour.has(name)) return;
      ofNeighbour.set(name, { address, seq });
      missed.set(from, ofNeighbour);
      nextMs = Math.min(nextMs, nowMs + POSTPONED_MS);
    },
    forget: (from) => void missed.delete(from),
    work(nowMs) {
      if (nowMs < nextMs) return;
      for (const [neighbour, ofNeighbour] of missed) {
        let asked = 0;
        for (const [name, router] of ofNeighbour) {
          if (asked === POSTPONED_AT_ONCE) break;
          asked += 1;
          ofNeighbour.delete(name);
          wanting.wantFrom(neighbour, router, router.seq, nowMs);
        }
        if (ofNeighbour.size === 0) missed.delete(neighbour);
      }
      nextMs = missed.size === 0 ? NEVER : nowMs + POSTPONED_MS;
    },
    get nextMs() {
      return nextMs;
    },
  };
}
