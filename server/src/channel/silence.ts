// SPDX-License-Identifier: GPL-3.0-or-later

// Who has not answered (S13): a receiver that stays silent sends a keepalive, a sender that hears
// nothing becomes suspicious. A packet costs two comparisons here, no timer.

import { KEEPALIVE_MS, SILENCE_MS } from "./constants.js";

/** The two deadlines; Infinity when not set. */
export interface Silence {
  keepaliveDueMs(): number;
  suspicionDueMs(): number;
  /** Data was sealed; true if the suspicion's deadline is new. */
  sealedData(nowMs: number): boolean;
  /** Something authentic came, data or not; true if the keepalive's deadline is new. */
  heard(data: boolean, nowMs: number): boolean;
  /** Nothing is waited for any more. */
  clear(): void;
}

/** Nothing is waited for. */
export function createSilence(): Silence {
  let keepaliveDueMs = Number.POSITIVE_INFINITY;
  let suspicionDueMs = Number.POSITIVE_INFINITY;
  return {
    keepaliveDueMs() {
      return keepaliveDueMs;
    },
    suspicionDueMs() {
      return suspicionDueMs;
    },
    sealedData(nowMs) {
      keepaliveDueMs = Number.POSITIVE_INFINITY;
      if (suspicionDueMs !== Number.POSITIVE_INFINITY) return false;
      suspicionDueMs = nowMs + SILENCE_MS;
      return true;
    },
    heard(data, nowMs) {
      suspicionDueMs = Number.POSITIVE_INFINITY;
      if (!data || keepaliveDueMs !== Number.POSITIVE_INFINITY) return false;
      keepaliveDueMs = nowMs + KEEPALIVE_MS;
      return true;
    },
    clear() {
      keepaliveDueMs = Number.POSITIVE_INFINITY;
      suspicionDueMs = Number.POSITIVE_INFINITY;
    },
  };
}
