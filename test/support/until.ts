// SPDX-License-Identifier: GPL-3.0-or-later

// Waiting without sleeping: for a turn of the event loop, or for a condition that is looked at once
// per turn, up to a deadline.

/** Resolves in the next turn of the event loop, when everything due in this one has been done. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Resolves when the condition holds; rejects, naming it, when it does not within `withinMs`. */
export async function until(
  what: string,
  condition: () => boolean,
  withinMs: number = 8_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await turn();
  }
}
