// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Spreads costly work over turns of the event loop, so that who asks for much of it at once keeps
 * nobody else waiting. Invariant: one task runs in a turn and no more than `most` in a millisecond,
 * and owners whose tasks wait take turns, however many each of them has.
 */
import { type Clock, createDeadline, type Deadlines, type Turns } from "../core/index.js";

/** What is paced. False: there was nothing left to do, and the next one can run in its place. */
export type Task = () => boolean;

/** Paces tasks. */
export interface Pacer {
  /** Runs a task now, or in a later turn. It must not throw. */
  run(owner: object, task: Task): void;
}

/** What a pacer needs. */
export interface PacerOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly turns: Turns;
}

/** Milliseconds in which at most so many tasks run. */
const INTERVAL_MS = 1;

/** Nothing waits. */
export function createPacer({ clock, deadlines, turns }: PacerOptions, most: number): Pacer {
  // In the order in which owners have their turns.
  const waiting = new Map<object, Task[]>();
  let used = 0;
  let isTaken = false;
  const work = (task: Task): void => {
    if (!task()) return;
    if (used === 0) deadlines.set(interval, clock.monotonicMs() + INTERVAL_MS);
    used += 1;
    isTaken = true;
    // What is asked for at the end of a turn comes in a later one.
    turns.atEnd(() => turns.atEnd(nextTurn));
  };
  const next = (): void => {
    for (let [first] = waiting; first !== undefined && mayRun(); [first] = waiting) {
      const [owner, tasks] = first;
      const task = tasks.shift();
      waiting.delete(owner);
      if (tasks.length > 0) waiting.set(owner, tasks);
      if (task !== undefined) work(task);
    }
  };
  const nextTurn = (): void => {
    isTaken = false;
    next();
  };
  const interval = createDeadline(() => {
    used = 0;
    next();
  });
  const mayRun = (): boolean => used < most && !isTaken;
  return {
    run(owner, task) {
      if (waiting.size === 0 && mayRun()) {
        work(task);
        return;
      }
      const tasks = waiting.get(owner);
      if (tasks === undefined) waiting.set(owner, [task]);
      else tasks.push(task);
    },
  };
}
