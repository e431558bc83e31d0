// SPDX-License-Identifier: GPL-3.0-or-later

/** Notices when nothing has happened for a while. */
export interface Silence {
  /** Begins to listen; again is no different. */
  start(): void;
  /** Something happened. */
  touch(): void;
  stop(): void;
}

/**
 * Calls `onSilent` once when, after `start`, nothing happened for so many milliseconds. While
 * `busy` says yes, it is not silence.
 */
export function createSilence(ms: number, busy: () => boolean, onSilent: () => void): Silence {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (busy()) timer?.refresh();
    else onSilent();
  };
  return {
    start() {
      timer ??= setTimeout(look, ms);
    },
    touch() {
      timer?.refresh();
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
