// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The machine's own clock, timer, turns and randomness: the only place in the daemon that reads
 * them, so that everything else runs as well under a virtual clock and a seed.
 */
import { randomFillSync } from "node:crypto";
import { nextTick } from "node:process";
import type { Clock, MachineTurns, Timer } from "./clock.js";
import type { Random } from "./random.js";

/** The machine's clocks. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
};

/** Cryptographically secure. */
export const systemRandom: Random = {
  fill(buffer) {
    randomFillSync(buffer);
  },
  u32() {
    const word = new Uint32Array(1);
    randomFillSync(word);
    return word[0] ?? 0;
  },
};

// The longest delay setTimeout takes; a longer one would fire at once.
const LONGEST_DELAY_MS = 0x7fffffff;

/** A timer of its own; `unref` lets the process end while it is armed. */
export function createSystemTimer(options: { readonly unref?: boolean } = {}): Timer {
  let handle: NodeJS.Timeout | undefined;
  return {
    arm(delayMs, fire) {
      clearTimeout(handle);
      handle = setTimeout(fire, Math.min(Math.max(Math.ceil(delayMs), 0), LONGEST_DELAY_MS));
      if (options.unref === true) handle.unref();
    },
    disarm() {
      clearTimeout(handle);
      handle = undefined;
    },
  };
}

/**
 * Turns of this process's event loop, as short as Node has them: what one callback brings. Ending
 * them with the callback rather than with everything that was ready saves a passage through the loop
 * between what came and what it causes to leave. What is asked for while a turn ends waits for the
 * next passage, so that no row of tasks keeps the loop from what else is ready.
 */
export function createSystemTurns(): MachineTurns {
  let tasks: (() => void)[] = [];
  let ending = false;
  const run = (): void => {
    const due = tasks;
    tasks = [];
    ending = true;
    try {
      for (const task of due) task();
    } finally {
      ending = false;
      if (tasks.length > 0) setImmediate(run);
    }
  };
  return {
    atEnd(task) {
      if (tasks.push(task) === 1 && !ending) nextTick(run);
    },
    end() {
      if (!ending && tasks.length > 0) run();
    },
  };
}
