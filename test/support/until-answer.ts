// SPDX-License-Identifier: GPL-3.0-or-later

// Waiting without sleeping for something that can only be asked for: one question after another.

import { turn } from "./until.js";

/** Asks again and again until the answer is true; rejects, naming it, at a deadline. */
export async function untilAnswer(
  what: string,
  ask: () => Promise<boolean>,
  withinMs: number = 10_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await turn();
  }
}
