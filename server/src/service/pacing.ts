// SPDX-License-Identifier: GPL-3.0-or-later

// Holds a program in this process back when what it has sent piles up, as the acceptances of the
// API do with a client: until there is relief, or for PATIENCE_MS.

import { type Clock, createDeadline, type Deadlines } from "../core/index.js";
import { type Opening, PATIENCE_MS } from "../node/index.js";

/** The pace of one node. */
export interface Pacing {
  /** Whether the next message should wait. */
  readonly waiting: boolean;
  /** To be called when something was sent. */
  sent(): void;
  /** Resolves when the next message need not wait; rejects with the signal's reason. */
  over(signal: AbortSignal | undefined): Promise<void>;
  /** Nobody waits any more. */
  end(): void;
}

/** What pacing needs. */
export interface PacingOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/** Nothing piles up. */
export function createPacing(
  opening: Pick<Opening, "crowding" | "onRelief" | "forgetRelief">,
  { clock, deadlines }: PacingOptions,
): Pacing {
  let waiting = false;
  let hearers = new Set<() => void>();
  const end = (): void => {
    if (!waiting) return;
    waiting = false;
    deadlines.clear(patience);
    opening.forgetRelief(end);
    const heard = hearers;
    hearers = new Set();
    for (const hear of heard) hear();
  };
  const patience = createDeadline(end);
  return {
    get waiting() {
      return waiting;
    },
    sent() {
      if (waiting || !opening.crowding()) return;
      waiting = true;
      deadlines.set(patience, clock.monotonicMs() + PATIENCE_MS);
      opening.onRelief(end);
    },
    over: (signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        if (!waiting) {
          resolve();
          return;
        }
        const aborted = (): void => {
          hearers.delete(goOn);
          reject(signal?.reason);
        };
        const goOn = (): void => {
          signal?.removeEventListener("abort", aborted);
          resolve();
        };
        hearers.add(goOn);
        signal?.addEventListener("abort", aborted, { once: true });
      }),
    end,
  };
}
