// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Spreads costly work over turns of the event loop, so that who asks for much of it at once keeps
 * nobody else waiting. Invariant: one task runs in a turn and no more than `most` in a millisecond,
 * or one where somebody else has messages under way; and owners whose tasks wait take turns, however
 * many each of them has.
 */
import { type Clock, createDeadline, type Deadlines, type Turns } from "../core/index.js";

/** What is paced. False: there was nothing left to do, and the next one can run in its place. */
export type Task = () => boolean;

/** Paces tasks. */
export interface Pacer {
  /** Runs a task now, or in a later turn. It must not throw. */
  run(owner: object, task: Task): void;
  /** A message of this owner was dealt with. */
  busyWith(owner: object): void;
}

/** What a pacer needs. */
export interface PacerOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly turns: Turns;
}

/** Milliseconds in which at most so many tasks run. */
const INTERVAL_MS = 1;
/** How many of one whom others' messages would wait for: as it is, a round trip meets one at most. */
const MOST_BESIDE_OTHERS = 1;

/** One owner, SEVERAL or nobody. */
type Busy = object | undefined;
const SEVERAL = {};
const isAnother = (busy: Busy, owner: object): boolean => busy !== undefined && busy !== owner;

/** Nothing waits. */
export function createPacer({ clock, deadlines, turns }: PacerOptions, most: number): Pacer {
  // In the order in which owners have their turns.
  const waiting = new Map<object, Task[]>();
  let used = 0;
  let isTaken = false;
  // Whose messages there were in this interval, and in the one before.
  let busy: Busy;
  let wasBusy: Busy;

  const mayRun = (owner: object): boolean => {
    if (isTaken) return false;
    const isBeside = isAnother(busy, owner) || isAnother(wasBusy, owner);
    return used < (isBeside ? MOST_BESIDE_OTHERS : most);
  };
  const work = (task: Task): void => {
    if (!task()) return;
    if (used === 0) deadlines.set(interval, clock.monotonicMs() + INTERVAL_MS);
    used += 1;
    isTaken = true;
    // What is asked for at the end of a turn comes in a later one.
    turns.atEnd(() => turns.atEnd(nextTurn));
  };
  const next = (): void => {
    for (const [owner, tasks] of waiting) {
      if (isTaken) return;
      if (!mayRun(owner)) continue;
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
    wasBusy = busy;
    busy = undefined;
    next();
  });
  return {
    run(owner, task) {
      if (waiting.size === 0 && mayRun(owner)) {
        work(task);
        return;
      }
      const tasks = waiting.get(owner);
      if (tasks === undefined) waiting.set(owner, [task]);
      else tasks.push(task);
    },
    busyWith(owner) {
      busy = isAnother(busy, owner) ? SEVERAL : owner;
    },
  };
}
