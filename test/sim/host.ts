// SPDX-License-Identifier: GPL-3.0-or-later

// One machine of a world, with one process on it: what a daemon is given in place of the real
// clock, timer, turns and randomness.

import {
  type Clock,
  createDeadlines,
  type Deadlines,
  type Timer,
  type Turns,
} from "../../server/src/core/index.js";
import type { SeededRandom } from "../support/seeded-random.js";

/** A machine. */
export interface Host {
  readonly name: string;
  /** Monotonic: the world's time. Wall: the world's, and this machine's error. */
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly turns: Turns;
  /** This process's own randomness; a process started again has another. */
  readonly random: SeededRandom;
  /** A random source of its own for a part of the host, which no other draws from. */
  fork(purpose: string): SeededRandom;
  /** One more timer, beside the one of `deadlines`. */
  createTimer(): Timer;
  /** Sets the wall clock forward, or back: as after a sleep, or by a time server. */
  jumpWall(byMs: number): void;
  /** The process stands still: what is due meanwhile happens late, datagrams wait in the kernel. */
  pause(forMs: number): void;
  /** kill -9: nothing of this process happens any more. The world can have its name again. */
  kill(): void;
  readonly alive: boolean;
}

/** What a host needs of its world. */
export interface HostKernel {
  readonly nowMs: () => number;
  /** Calls once, unless the host is killed or it is cancelled; late while the host stands still. */
  schedule(host: Host, atMs: number, fire: () => void): () => void;
  atEnd(host: Host, task: () => void): void;
  pause(host: Host, untilMs: number): void;
  kill(host: Host): void;
  random(purpose: string): SeededRandom;
}

const WALL_START_MS = Date.UTC(2026, 0, 1);

/** A running process on a machine of this name; `id` sets it apart from those before it. */
export function createHost(kernel: HostKernel, name: string, id: string): Host {
  let wallErrorMs = 0;
  let alive = true;
  const clock: Clock = {
    monotonicMs: kernel.nowMs,
    wallMs: () => WALL_START_MS + kernel.nowMs() + wallErrorMs,
  };
  const createTimer = (): Timer => {
    let cancel = (): void => {};
    return {
      arm(delayMs, fire) {
        if (!(delayMs >= 0)) throw new RangeError(`delayMs: expected 0 or more, got ${delayMs}`);
        cancel();
        cancel = kernel.schedule(host, kernel.nowMs() + delayMs, fire);
      },
      disarm: () => cancel(),
    };
  };
  const host: Host = {
    name,
    clock,
    deadlines: createDeadlines(clock, createTimer()),
    turns: { atEnd: (task) => kernel.atEnd(host, task) },
    random: kernel.random(`host ${id}`),
    fork: (purpose) => kernel.random(`host ${id} ${purpose}`),
    createTimer,
    jumpWall(byMs) {
      wallErrorMs += byMs;
    },
    pause: (forMs) => kernel.pause(host, kernel.nowMs() + forMs),
    kill() {
      alive = false;
      kernel.kill(host);
    },
    get alive() {
      return alive;
    },
  };
  return host;
}
