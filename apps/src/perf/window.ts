// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Keeps a number of messages on their way: each answer draws the next. What is not answered for a
 * while counts as lost, and others go in its place.
 */
import { pause } from "../wait.js";
import type { PumpOptions } from "./pump.js";

/** Milliseconds without an answer after which what is on its way counts as lost. */
export const LOST_MS = 1000;
const LOOK_MS = 20;

/** A window of messages. */
export interface Window {
  /** Answers have come: sends as many more. */
  answered(): void;
  /** Sends until count or duration are reached, or the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

/** A window of `width` messages; `lastMs` says when the last answer came. */
export function createWindow(
  { node, to, writer, counts, count, durationMs }: Omit<PumpOptions, "rate" | "size">,
  width: number,
  lastMs: () => number,
): Window {
  const end = performance.now() + (durationMs ?? Infinity);
  let givenUp = 0;
  let givenUpMs = 0;
  let isRunning = false;

  const isOver = (): boolean => counts.sent >= (count ?? Infinity) || performance.now() >= end;
  const fill = (): void => {
    while (counts.sent - counts.received - givenUp < width && !isOver()) {
      if (!node.trySend(to, writer.write(counts.sent + 1))) return;
      counts.sent += 1;
    }
  };
  const giveUp = (): void => {
    const now = performance.now();
    if (now - Math.max(lastMs(), givenUpMs) < LOST_MS) return;
    givenUp = counts.sent - counts.received;
    givenUpMs = now;
  };

  return {
    answered() {
      if (isRunning) fill();
    },
    async run(signal) {
      isRunning = true;
      fill();
      while (!isOver() && !signal.aborted) {
        await pause(LOOK_MS);
        giveUp();
        if (!signal.aborted) fill();
      }
      isRunning = false;
    },
  };
}
