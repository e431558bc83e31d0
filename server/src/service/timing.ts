// SPDX-License-Identifier: GPL-3.0-or-later

// Waiting as promises, on the daemon's own deadlines. Invariant: when a wait has ended, however it
// did, nothing of it is left in the heap or at the signal.

import { type Clock, createDeadline, type Deadlines } from "../core/index.js";

/** What waiting needs. */
export interface TimingOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/** Resolves after so many milliseconds; rejects with the signal's reason. */
export function pause(
  { clock, deadlines }: TimingOptions,
  afterMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const aborted = (): void => {
      deadlines.clear(deadline);
      reject(signal.reason);
    };
    const deadline = createDeadline(() => {
      signal.removeEventListener("abort", aborted);
      resolve();
    });
    signal.addEventListener("abort", aborted, { once: true });
    deadlines.set(deadline, clock.monotonicMs() + afterMs);
  });
}

/**
 * What `run` gives within so many milliseconds, else undefined; its signal aborts then. Rejects as
 * `run` does, and with the caller's signal's reason.
 */
export async function within<T>(
  { clock, deadlines }: TimingOptions,
  limitMs: number,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const late = new AbortController();
  const deadline = createDeadline(() => late.abort());
  deadlines.set(deadline, clock.monotonicMs() + limitMs);
  try {
    return await run(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (late.signal.aborted && !signal.aborted) return undefined;
    throw error;
  } finally {
    deadlines.clear(deadline);
  }
}
