// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Spreads costly work over turns of the event loop, so that who asks for much of it at once keeps
 * nobody else waiting. Invariant: no more than `most` tasks run in a millisecond, with a turn of the
 * event loop behind them, and owners whose tasks wait take turns, however many each of them has.
 */
import { type Clock, createDeadline, type Deadlines } from "../core/index.js";

/** What is paced. False: there was nothing left to do, and the next one can run in its place. */
export type Task = () => boolean;

/** Paces tasks. */
export interface Pacer {
  /** Runs a task now, or in a later turn. It must not throw. */
  run(owner: object, task: Task): void;
}

/** Milliseconds in which at most so many tasks run. */
const INTERVAL_MS = 1;

/** Nothing waits. */
export function createPacer(
  { clock, deadlines }: { readonly clock: Clock; readonly deadlines: Deadlines },
  most: number,
): Pacer {
  // In the order in which owners have their turns.
  const waiting = new Map<object, Task[]>();
  let used = 0;
  const work = (task: Task): void => {
    if (!task()) return;
    if (used === 0) deadlines.set(next, clock.monotonicMs() + INTERVAL_MS);
    used += 1;
  };
  const next = createDeadline(() => {
    used = 0;
    for (let [first] = waiting; first !== undefined && used < most; [first] = waiting) {
      const [owner, tasks] = first;
      const task = tasks.shift();
      waiting.delete(owner);
      if (tasks.length > 0) waiting.set(owner, tasks);
      if (task !== undefined) work(task);
    }
  });
  return {
    run(owner, task) {
      if (waiting.size === 0 && used < most) {
        work(task);
        return;
      }
      const tasks = waiting.get(owner);
      if (tasks === undefined) waiting.set(owner, [task]);
      else tasks.push(task);
    },
  };
}
