// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The time by which waiting packets grow old: it stands still while the neighbour does not answer.
 * A neighbour whose machine has no time for it for a second loses nothing that way; one that is
 * merely slow still gets nothing that has waited for long.
 */
export interface WaitingClock {
  /** That time at this moment. */
  at(nowMs: number): number;
  /** What is sent is not answered, since then; undefined: it is. */
  silentSince(sinceMs: number | undefined, nowMs: number): void;
}

/** It runs. */
export function createWaitingClock(): WaitingClock {
  let stoodMs = 0;
  let stopped: number | undefined;
  return {
    at: (nowMs) => (stopped ?? nowMs) - stoodMs,
    silentSince(sinceMs, nowMs) {
      if (sinceMs !== undefined) stopped ??= sinceMs;
      else if (stopped !== undefined) {
        stoodMs += nowMs - stopped;
        stopped = undefined;
      }
    },
  };
}
