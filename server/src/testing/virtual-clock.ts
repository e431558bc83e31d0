// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Time for tests: a clock that moves only when told, the one timer of a daemon on it, and turns
 * of an event loop that end only when told. Invariant: nothing here waits for real time.
 */
import type { Clock, Timer, Turns } from "../core/index.js";

/** A clock, a timer and turns that stand still until they are moved. */
export interface VirtualClock extends Clock {
  readonly timer: Timer;
  readonly turns: Turns;
  /** Moves the time by so many milliseconds, firing the timer on the way, each time at its time. */
  advance(ms: number): void;
  /** Moves the time at once, as when the process was busy: what is due in between fires late. */
  jump(ms: number): void;
  /** Ends the turn: runs what was asked for until now, not what it asks for in its turn. */
  endTurn(): void;
  /** The time the timer is armed for; undefined when it is not. */
  readonly armedForMs: number | undefined;
  /** How often the timer has been armed. */
  readonly timesArmed: number;
  /** Tasks that wait for the end of the turn. */
  readonly tasks: number;
}

/** Starts at `startMs`, which is not zero so that a forgotten clock shows. */
export function createVirtualClock(startMs = 1_000): VirtualClock {
  let nowMs = startMs;
  let armed: { readonly atMs: number; readonly fire: () => void } | undefined;
  let timesArmed = 0;
  let tasks: (() => void)[] = [];
  const fireUntil = (untilMs: number): void => {
    while (armed !== undefined && armed.atMs <= untilMs) {
      const due = armed;
      armed = undefined;
      nowMs = Math.max(nowMs, due.atMs);
      due.fire();
    }
  };
  return {
    monotonicMs: () => nowMs,
    wallMs: () => Date.UTC(2026, 0, 1) + nowMs,
    timer: {
      arm(delayMs, fire) {
        if (!(delayMs >= 0)) throw new RangeError(`delayMs: expected 0 or more, got ${delayMs}`);
        timesArmed += 1;
        armed = { atMs: nowMs + delayMs, fire };
      },
      disarm() {
        armed = undefined;
      },
    },
    turns: { atEnd: (task) => void tasks.push(task) },
    advance(ms) {
      const untilMs = nowMs + ms;
      fireUntil(untilMs);
      nowMs = untilMs;
    },
    jump(ms) {
      nowMs += ms;
      fireUntil(nowMs);
    },
    endTurn() {
      const due = tasks;
      tasks = [];
      for (const task of due) task();
    },
    get armedForMs() {
      return armed?.atMs;
    },
    get timesArmed() {
      return timesArmed;
    },
    get tasks() {
      return tasks.length;
    },
  };
}
