// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sends numbered messages as fast as the node takes them, or at a rate: bursts without a promise
 * per message, with turns between them in which answers are read.
 */
import type { Address, Node } from "@inet256/client";
import { pause, untilAborted } from "../wait.js";
import type { MessageWriter } from "./messages.js";
import type { LiveCounts } from "./results.js";

/** What to send. */
export interface PumpOptions {
  readonly node: Node;
  readonly to: Address;
  readonly writer: MessageWriter;
  /** Bytes in each message. */
  readonly size: number;
  /** Messages a second; undefined: as many as the node takes. */
  readonly rate: number | undefined;
  /** How many in all, with those that are counted already; undefined: no bound. */
  readonly count: number | undefined;
  /** For how many milliseconds; undefined: no bound. */
  readonly durationMs: number | undefined;
  /** Counts what is sent, and numbers it. */
  readonly counts: LiveCounts;
}

/** Bytes and messages in a burst. */
const BURST_BYTES = 256 * 1024;
const BURST_MESSAGES = 512;
/** Milliseconds between looks at whether to stop. */
const MOST_PAUSE_MS = 50;

/**
 * Sends until count or duration are reached, or the signal is aborted: both are a normal end.
 * Rejects with NodeError when the node takes nothing any more.
 */
export async function pump(options: PumpOptions, signal: AbortSignal): Promise<void> {
  const { node, to, writer, size, rate, counts } = options;
  const { count = Infinity, durationMs = Infinity } = options;
  const burst = Math.max(1, Math.min(BURST_MESSAGES, Math.floor(BURST_BYTES / size)));
  const begun = performance.now();

  for (;;) {
    const elapsed = performance.now() - begun;
    if (elapsed >= durationMs || counts.sent >= count || signal.aborted) return;
    const due = rate === undefined ? count : Math.floor((elapsed * rate) / 1000) + 1;
    const until = Math.min(count, due);
    const end = Math.min(until, counts.sent + burst);
    while (counts.sent < end && node.trySend(to, writer.write(counts.sent + 1))) counts.sent += 1;
    const isFull = counts.sent < end;
    if (isFull) await untilAborted(signal, () => node.room({ signal }));
    // Whatever the node, answers are read and others get their turn.
    if (isFull || rate === undefined || end < until) await nextTurn();
    else await pauseUntil(begun + (1000 * counts.sent) / rate);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

// Not longer than a little, so that an interruption is noticed soon.
function pauseUntil(due: number): Promise<void> {
  return pause(Math.min(Math.max(due - performance.now(), 0), MOST_PAUSE_MS));
}
