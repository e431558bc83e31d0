// SPDX-License-Identifier: GPL-3.0-or-later

// The challenges of one path that are still open: the random bytes and when they went out.

import type { Random } from "../core/index.js";
import { CHALLENGE_BYTES, OPEN_CHALLENGES } from "./constants.js";

/** Open challenges; the oldest is forgotten when there are too many. */
export interface Challenges {
  /** Makes one; its bytes stand at the place this gives in `bytes`. */
  create(nowMs: number): number;
  readonly bytes: Uint8Array;
  /** Closes the one with these 8 bytes and gives when it was made; -1 when there is none. */
  answer(buffer: Uint8Array, at: number): number;
}

/** None open. */
export function createChallenges(random: Random): Challenges {
  const bytes = new Uint8Array(OPEN_CHALLENGES * CHALLENGE_BYTES);
  const madeMs = new Float64Array(OPEN_CHALLENGES).fill(-1);
  let next = 0;
  const same = (place: number, buffer: Uint8Array, at: number): boolean => {
    for (let i = 0; i < CHALLENGE_BYTES; i++) {
      if (bytes[place + i] !== buffer[at + i]) return false;
    }
    return true;
  };
  return {
    create(nowMs) {
      const slot = next;
      next = (next + 1) % OPEN_CHALLENGES;
      const at = slot * CHALLENGE_BYTES;
      random.fill(bytes.subarray(at, at + CHALLENGE_BYTES));
      madeMs[slot] = nowMs;
      return at;
    },
    bytes,
    answer(buffer, at) {
      for (let slot = 0; slot < OPEN_CHALLENGES; slot++) {
        const sinceMs = madeMs[slot] ?? -1;
        if (sinceMs < 0 || !same(slot * CHALLENGE_BYTES, buffer, at)) continue;
        madeMs[slot] = -1;
        return sinceMs;
      }
      return -1;
    },
  };
}
