// SPDX-License-Identifier: GPL-3.0-or-later

// Waiting for a condition without sleeping: looked at once per turn of the event loop, up to a
// deadline.

/** Resolves when the condition holds; rejects, naming it, when it does not within `withinMs`. */
export async function until(
  what: string,
  condition: () => boolean,
  withinMs: number = 8_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
