// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Pings an address: sends at a steady pace, whatever comes back, and judges what does. Shows how
 * a program sends without waiting and receives at the same time.
 */
import type { Address, Node } from "@inet256/client";
import { aborted, createDeferred, pause, untilAborted } from "../wait.js";
import type { PingMessages } from "./message.js";
import type { PingReporter } from "./report.js";
import { createTally, type PingStatistics } from "./tally.js";

/** Whom to ping, and how. */
export interface PingOptions {
  readonly to: Address;
  readonly messages: PingMessages;
  /** How many; undefined: until interrupted. */
  readonly count: number | undefined;
  /** Milliseconds from one ping to the next. */
  readonly intervalMs: number;
  /** Milliseconds until a ping without an answer is reported; the last one is not waited for longer. */
  readonly timeoutMs: number;
}

/**
 * Pings until all are answered or overdue, or until interrupted, which is a normal end. Rejects
 * with NodeError when the node is over.
 */
export async function ping(
  node: Node,
  options: PingOptions,
  reporter: PingReporter,
  interrupted: AbortSignal,
): Promise<PingStatistics> {
  const { to, count = Infinity, intervalMs, timeoutMs } = options;
  const ending = new AbortController();
  const signal = AbortSignal.any([interrupted, ending.signal]);
  const tally = createTally(options.messages);
  const open = createOpenPings(timeoutMs, reporter.overdue);

  const receive = async (): Promise<void> => {
    for await (const batch of node.batches({ signal })) {
      const now = process.hrtime.bigint();
      for (const { source, payload } of batch) {
        if (!source.equals(to)) continue;
        const verdict = tally.arrived(payload, now);
        reporter.arrived(verdict, payload.length);
        if (verdict.kind === "reply") open.settle(verdict.number);
      }
    }
  };
  const transmitOne = (): void => {
    const { number, payload } = tally.next(process.hrtime.bigint());
    open.add(number);
    node.send(to, payload).catch((error: unknown) => {
      if (signal.aborted) return;
      tally.refused();
      reporter.refused(number, error);
      open.settle(number);
    });
  };
  const transmit = async (): Promise<void> => {
    const begun = performance.now();
    for (let sent = 0; sent < count; ) {
      transmitOne();
      sent += 1;
      if (sent === count) break;
      await pause(Math.max(0, begun + sent * intervalMs - performance.now()), signal);
    }
    await Promise.race([open.allSettled(), aborted(signal)]);
  };

  const end = (): void => ending.abort();
  try {
    await Promise.all([
      untilAborted(signal, receive).finally(end),
      untilAborted(signal, transmit).finally(end),
    ]);
    return tally.statistics;
  } finally {
    open.clear();
  }
}

/** Pings that have neither been answered nor become overdue. */
interface OpenPings {
  add(number: number): void;
  settle(number: number): void;
  /** Resolves when there is none. */
  allSettled(): Promise<void>;
  clear(): void;
}

function createOpenPings(timeoutMs: number, onOverdue: (number: number) => void): OpenPings {
  const timers = new Map<number, NodeJS.Timeout>();
  const none = createDeferred<void>();
  let waited = false;

  const settle = (number: number): void => {
    clearTimeout(timers.get(number));
    timers.delete(number);
    if (waited && timers.size === 0) none.resolve();
  };
  return {
    add(number) {
      const timer = setTimeout(() => {
        settle(number);
        onOverdue(number);
      }, timeoutMs);
      timers.set(number, timer);
    },
    settle,
    allSettled() {
      waited = true;
      if (timers.size === 0) none.resolve();
      return none.promise;
    },
    clear() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
