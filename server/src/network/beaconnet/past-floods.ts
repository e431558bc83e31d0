// SPDX-License-Identifier: GPL-3.0-or-later

// Questions that are over here and may come again by another way. Invariant: bounded, and each is
// forgotten in time.

import { MOST_OVER } from "./constants.js";

/** Questions that are over. */
export interface PastFloods {
  add(key: string, untilMs: number): void;
  has(key: string): boolean;
  /** Forgets those whose time has come. */
  expire(nowMs: number): void;
  readonly size: number;
}

/** None; at most so many, beyond which the oldest is forgotten. */
export function createPastFloods(most = MOST_OVER): PastFloods {
  // In about the order in which they are forgotten: one that was given up early waits a little longer.
  const untils = new Map<string, number>();
  return {
    add(key, untilMs) {
      untils.delete(key);
      untils.set(key, untilMs);
      for (const oldest of untils.keys()) {
        if (untils.size <= most) break;
        untils.delete(oldest);
      }
    },
    has: (key) => untils.has(key),
    expire(nowMs) {
      for (const [key, untilMs] of untils) {
        if (untilMs > nowMs) break;
        untils.delete(key);
      }
    },
    get size() {
      return untils.size;
    },
  };
}
