// SPDX-License-Identifier: Apache-2.0

/** The two functions of a promise; only the first call of either does anything. */
export interface Settler {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A settler whose promise also rejects, with the signal's reason, when the signal aborts; then
 * `onAbort` is called first. Nothing stays on the signal once the promise has settled.
 */
export function abortable(
  settler: Settler,
  signal: AbortSignal | undefined,
  onAbort: () => void = () => {},
): Settler {
  if (signal === undefined) return settler;
  const abort = (): void => {
    onAbort();
    settler.reject(signal.reason);
  };
  const leave = (): void => signal.removeEventListener("abort", abort);
  signal.addEventListener("abort", abort, { once: true });
  return {
    resolve() {
      leave();
      settler.resolve();
    },
    reject(reason) {
      leave();
      settler.reject(reason);
    },
  };
}
