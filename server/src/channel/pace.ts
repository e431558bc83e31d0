// SPDX-License-Identifier: GPL-3.0-or-later

// How fast attempts follow each other while there is trouble (S13): without a pause for 60 s, then
// one message 1 per 5 s for 10 minutes, then one per 30 s.

import { EAGER_MS, GIVE_UP_MS, PATIENT_MS, PATIENT_PAUSE_MS, RARE_PAUSE_MS } from "./constants.js";

/** The pace. */
export interface Pace {
  /** An attempt begins: trouble, if there was none. */
  began(nowMs: number): void;
  /** A session was established: no trouble. */
  settled(): void;
  /** When the next attempt may begin. */
  nextMs(): number;
  /** Whether an attempt sends its message 1 once only. */
  once(nowMs: number): boolean;
  /** Whether whoever does not insist gives up. */
  hopeless(nowMs: number): boolean;
  /** The next attempt may begin at once. */
  hurry(): void;
}

/** No trouble. */
export function createPace(): Pace {
  let sinceMs: number | undefined;
  let nextMs = Number.NEGATIVE_INFINITY;
  const age = (nowMs: number): number => (sinceMs === undefined ? 0 : nowMs - sinceMs);
  return {
    began(nowMs) {
      sinceMs ??= nowMs;
      const ageMs = age(nowMs);
      if (ageMs < EAGER_MS) nextMs = nowMs;
      else nextMs = nowMs + (ageMs < EAGER_MS + PATIENT_MS ? PATIENT_PAUSE_MS : RARE_PAUSE_MS);
    },
    settled() {
      sinceMs = undefined;
      nextMs = Number.NEGATIVE_INFINITY;
    },
    nextMs() {
      return nextMs;
    },
    once: (nowMs) => age(nowMs) >= EAGER_MS,
    hopeless: (nowMs) => age(nowMs) >= GIVE_UP_MS,
    hurry() {
      nextMs = Number.NEGATIVE_INFINITY;
    },
  };
}
