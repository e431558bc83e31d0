// SPDX-License-Identifier: GPL-3.0-or-later

/** Measures how much arrives: numbered messages one way, counted by `perf server` at the other end. */
import { randomBytes } from "node:crypto";
import type { Address, Node } from "@inet256/client";
import { CommandError } from "../failures.js";
import { percentOf } from "../quantities.js";
import { pause, untilAborted } from "../wait.js";
import { type Controls, createControls } from "./controls.js";
import { createMessageWriter, decodeReport, KIND, RUN_BYTES } from "./messages.js";
import { pump } from "./pump.js";
import { isReport, type LiveCounts, type OneWayResult, type Report, ratesOf } from "./results.js";

/** What to measure. */
export interface OneWayOptions {
  readonly to: Address;
  /** Bytes in each message, 32 to 65,535. */
  readonly size: number;
  /** Messages a second; undefined: as many as possible. */
  readonly rate?: number | undefined;
  /** How many messages; undefined: no bound. */
  readonly count?: number | undefined;
  /** For how many milliseconds; undefined: no bound. */
  readonly durationMs?: number | undefined;
  /** Ends the sending early; what has been sent is reported. */
  readonly signal?: AbortSignal | undefined;
  /** For those who watch; zero at the beginning. */
  readonly live?: LiveCounts | undefined;
}

/** Milliseconds for messages that are still on their way when the sender has finished. */
const SETTLE_MS = 200;

/**
 * Measures one way. Rejects with CommandError when no server answers at the other end, with
 * NodeError when the node is over or the address cannot be reached.
 */
export async function measureOneWay(node: Node, options: OneWayOptions): Promise<OneWayResult> {
  const { to, size, signal: stop = new AbortController().signal } = options;
  const run = randomBytes(RUN_BYTES);
  const ending = new AbortController();
  const controls = createControls(node, to, run, ending.signal);
  const counts = options.live ?? { sent: 0, received: 0 };

  const receive = async (): Promise<void> => {
    for await (const batch of node.batches({ signal: ending.signal })) {
      for (const { source, payload } of batch) {
        if (source.equals(to)) controls.arrived(payload);
      }
    }
  };
  const send = async (): Promise<Report> => {
    await controls.hello();
    const writer = createMessageWriter(run, KIND.data, size);
    const { rate, count, durationMs } = options;
    const either = AbortSignal.any([stop, ending.signal]);
    await pump({ node, to, writer, size, rate, count, durationMs, counts }, either);
    return settledReport(controls, counts.sent);
  };

  const receiving = untilAborted(ending.signal, receive);
  try {
    const failed = receiving.then(() => Promise.reject(new CommandError("the node was closed")));
    const report = await Promise.race([send(), failed]);
    counts.received = report.received;
    return resultOf(report, counts.sent, size);
  } finally {
    ending.abort();
  }
}

// Asks until all has arrived, or nothing more does.
async function settledReport(controls: Controls, sent: number): Promise<Report> {
  let before = -1;
  for (;;) {
    const report = decodeReport(await controls.finish());
    if (!isReport(report)) throw new CommandError("the other side sent a report of another kind");
    if (report.received >= sent || report.received === before) return report;
    before = report.received;
    await pause(SETTLE_MS);
  }
}

function resultOf(report: Report, sent: number, size: number): OneWayResult {
  const { received, duplicates, reordered, corrupted, durationMs } = report;
  const lost = Math.max(0, sent - received);
  return {
    mode: "one-way",
    size,
    sent,
    received,
    lost,
    lossPercent: percentOf(lost, sent),
    duplicates,
    reordered,
    corrupted,
    durationMs,
    ...ratesOf(received, size, durationMs),
  };
}
