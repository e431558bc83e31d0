// SPDX-License-Identifier: GPL-3.0-or-later

// When a message of the handshake is sent again (S3), and when it is given up.

import type { Random } from "../core/index.js";
import { ATTEMPT_MS, RETRANSMIT_AFTER_MS, RETRANSMIT_JITTER } from "./constants.js";

/** The times of one message. */
export interface Retransmission {
  /** When it is due again; Infinity if it is sent once only. */
  dueMs(): number;
  /** When it is given up. */
  readonly endMs: number;
  /** It was sent again because it was due. */
  sent(nowMs: number): void;
  /** It is due at once. */
  hurry(nowMs: number): void;
}

/** Times from now on: 0 (sent by the caller), 250, 750, 1,750 ms …, no pause above `mostMs`. */
export function createRetransmission(
  random: Random,
  mostMs: number,
  nowMs: number,
  lastingMs: number = ATTEMPT_MS,
  once = false,
): Retransmission {
  let count = 0;
  const next = (fromMs: number): number => {
    if (once) return Number.POSITIVE_INFINITY;
    const pauseMs = Math.min(RETRANSMIT_AFTER_MS[count] ?? mostMs, mostMs);
    count += 1;
    const jitter = 1 + RETRANSMIT_JITTER * (random.u32() / 0x8000_0000 - 1);
    return fromMs + pauseMs * jitter;
  };
  let dueMs = next(nowMs);
  return {
    dueMs() {
      return dueMs;
    },
    endMs: nowMs + lastingMs,
    sent(now) {
      dueMs = next(now);
    },
    hurry(now) {
      dueMs = Math.min(dueMs, now);
    },
  };
}
