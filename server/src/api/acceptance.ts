// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * When to accept. The acceptance is what lets a client go on: it waits a while for a reader that
 * does not keep up, so that a sender in a hurry does not push its own earlier messages out of the
 * reader's inbox. And a lazy one waits for a message to ride with, for alone it would wake a client
 * that does not need it.
 */
import { type Clock, createDeadline, type Deadlines } from "../core/index.js";
import { type Opening, PATIENCE_MS } from "../service/index.js";
import { LAZY_ACCEPTANCE_BYTES } from "./constants.js";

/** Paces the acceptances of one stream. */
export interface Acceptance {
  /**
   * `bytes` more have been handed on, up to this number: say so, now or a little later, or lazily.
   * Without bytes the client has asked.
   */
  through(number: number, bytes: number): void;
  /** Says what is still to be said, now. */
  settle(): void;
}

/** What pacing needs. */
export interface AcceptanceOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly sender: Pick<Opening, "crowding" | "onRelief" | "forgetRelief">;
  /** Whether acceptances may wait for a message to ride with. */
  readonly lazily: boolean;
  readonly say: (through: number) => void;
  /** Says it with whatever is written next. */
  readonly ride: (through: number) => void;
}

/** Nothing has been accepted. */
export function createAcceptance(options: AcceptanceOptions): Acceptance {
  const { clock, deadlines, sender } = options;
  let last = 0;
  let waiting = false;
  let unsaidBytes = 0;
  const say = (): void => {
    unsaidBytes = 0;
    options.say(last);
  };
  const settle = (): void => {
    if (!waiting) return;
    waiting = false;
    deadlines.clear(patience);
    sender.forgetRelief(settle);
    say();
  };
  const mayRide = (bytes: number): boolean =>
    options.lazily && bytes > 0 && unsaidBytes < LAZY_ACCEPTANCE_BYTES;
  const patience = createDeadline(settle);
  return {
    through(number, bytes) {
      last = number;
      unsaidBytes += bytes;
      if (waiting) return;
      if (!sender.crowding()) {
        if (mayRide(bytes)) options.ride(number);
        else say();
        return;
      }
      waiting = true;
      deadlines.set(patience, clock.monotonicMs() + PATIENCE_MS);
      sender.onRelief(settle);
    },
    settle,
  };
}
