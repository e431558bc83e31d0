// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * When to accept. The acceptance is what lets a client go on: it waits a while for a reader that
 * does not keep up, so that a sender in a hurry does not push its own earlier messages out of the
 * reader's inbox.
 */
import { type Clock, createDeadline, type Deadlines } from "../core/index.js";
import { type Opening, PATIENCE_MS } from "../service/index.js";

/** Paces the acceptances of one stream. */
export interface Acceptance {
  /** Everything up to this number has been handed on: say so, now or a little later. */
  through(number: number): void;
  /** Says what is still to be said, now. */
  settle(): void;
}

/** What pacing needs. */
export interface AcceptanceOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly sender: Pick<Opening, "crowding" | "onRelief" | "forgetRelief">;
  readonly say: (through: number) => void;
}

/** Nothing has been accepted. */
export function createAcceptance({ clock, deadlines, sender, say }: AcceptanceOptions): Acceptance {
  let last = 0;
  let waiting = false;
  const settle = (): void => {
    if (!waiting) return;
    waiting = false;
    deadlines.clear(patience);
    sender.forgetRelief(settle);
    say(last);
  };
  const patience = createDeadline(settle);
  return {
    through(number) {
      last = number;
      if (waiting) return;
      if (!sender.crowding) {
        say(number);
        return;
      }
      waiting = true;
      deadlines.set(patience, clock.monotonicMs() + PATIENCE_MS);
      sender.onRelief(settle);
    },
    settle,
  };
}
