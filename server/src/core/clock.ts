// SPDX-License-Identifier: GPL-3.0-or-later

/** Reads time. Every room is given one; only the adapters in system.ts look at the machine's. */
export interface Clock {
  /** Milliseconds with fractions since an arbitrary start; never goes back. */
  monotonicMs(): number;
  /** Milliseconds since 1970, UTC; may jump either way. */
  wallMs(): number;
}

/** The one timer of a daemon: arming it again moves it. */
export interface Timer {
  /** Calls `fire` once, `delayMs` from now at the earliest; what was armed before is forgotten. */
  arm(delayMs: number, fire: () => void): void;
  /** Forgets what was armed. */
  disarm(): void;
}

/**
 * The end of the current turn of the event loop: when everything that came together has been handled.
 * What is gathered during a turn and sent at its end shares a write without waiting for anything.
 */
export interface Turns {
  /** Calls `task` once, at the end of the turn, in the order of the calls. */
  atEnd(task: () => void): void;
}

/** Turns of the machine's event loop. */
export interface MachineTurns extends Turns {
  /**
   * Ends the current turn now: for sources of events after whose callbacks Node runs nothing by
   * itself. What they brought would wait for another passage through the loop.
   */
  end(): void;
}
