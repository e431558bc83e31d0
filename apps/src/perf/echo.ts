// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Measures round trips: numbered messages that the other end sends back. Without a rate, a fixed
 * number is kept on the way: with one, what is measured is the latency.
 */
import { randomBytes } from "node:crypto";
import type { Node } from "@inet256/client";
import { pause, untilAborted } from "../wait.js";
import { RUN_BYTES } from "./messages.js";
import type { OneWayOptions } from "./one-way.js";
import { pump } from "./pump.js";
import type { EchoResult } from "./results.js";
import { createRoundTrips, type RoundTrips } from "./round-trips.js";
import { createWindow, LOST_MS } from "./window.js";

/** What to measure. */
export interface EchoOptions extends OneWayOptions {
  /** Messages on their way at a time when there is no rate, 1 to 65,536. Default 1. */
  readonly window?: number | undefined;
}

const LOOK_MS = 20;

/**
 * Measures round trips to a program that echoes: `perf server` or `echo`. Rejects with NodeError
 * when the node is over or the address cannot be reached.
 */
export async function measureEcho(node: Node, options: EchoOptions): Promise<EchoResult> {
  const { to, size, rate, count, durationMs } = options;
  const ending = new AbortController();
  const stop = AbortSignal.any([options.signal ?? ending.signal, ending.signal]);
  const counts = options.live ?? { sent: 0, received: 0 };
  const trips = createRoundTrips(randomBytes(RUN_BYTES), size, counts);
  const sending = { node, to, writer: trips, counts, count, durationMs };
  const window = createWindow(sending, options.window ?? 1, () => trips.lastMs);

  const receive = async (): Promise<void> => {
    for await (const batch of node.batches({ signal: ending.signal })) {
      const now = performance.now();
      let answered = 0;
      for (let i = 0; i < batch.length; i++) {
        if (batch.source(i).equals(to) && trips.arrived(batch.payload(i), now)) answered += 1;
      }
      if (answered > 0 && rate === undefined) window.answered();
    }
  };
  const send = async (): Promise<void> => {
    // The first is sent with a promise, to hear whether the address can be reached at all.
    counts.sent = 1;
    await node.send(to, trips.write(1), { signal: stop });
    if (rate === undefined) await window.run(stop);
    else await pump({ ...sending, size, rate }, stop);
    await lastAnswers(trips, () => counts.received >= counts.sent, ending.signal);
  };

  const end = (): void => ending.abort();
  await Promise.all([
    untilAborted(ending.signal, receive).finally(end),
    untilAborted(stop, send).finally(end),
  ]);
  return trips.result;
}

async function lastAnswers(
  trips: RoundTrips,
  all: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const finished = performance.now();
  const isQuiet = (): boolean => performance.now() - Math.max(trips.lastMs, finished) > LOST_MS;
  while (!all() && !isQuiet()) await pause(LOOK_MS, signal);
}
