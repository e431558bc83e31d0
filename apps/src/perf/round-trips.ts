// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The books of an echo run: when each message was sent, which have come back, how long each took.
 * Invariant: a round trip counts once, for a message of this run that came back as it was sent.
 */
import { percentOf } from "../quantities.js";
import { createArrivals } from "./arrivals.js";
import { createHistogram } from "./histogram.js";
import {
  createMessageWriter,
  isIntact,
  isOfRun,
  KIND,
  kindOf,
  type MessageWriter,
  numberOf,
} from "./messages.js";
import { type EchoResult, type LiveCounts, ratesOf } from "./results.js";

/** Round trips of one run. */
export interface RoundTrips extends MessageWriter {
  /** Looks at a message from the other end; true when it is an answer that counts. */
  arrived(payload: Uint8Array, nowMs: number): boolean;
  /** When the last answer came; the beginning when none has. */
  readonly lastMs: number;
  readonly result: EchoResult;
}

/** Send times that are remembered; more than may be on the way. */
const REMEMBERED = 1 << 18;

/** Books for messages of `size` bytes; counts what comes back in `counts`. */
export function createRoundTrips(run: Uint8Array, size: number, counts: LiveCounts): RoundTrips {
  const writer = createMessageWriter(run, KIND.echo, size);
  const sentAt = new Float64Array(REMEMBERED);
  const arrivals = createArrivals();
  const rtt = createHistogram();
  const begunMs = performance.now();
  let lastMs = begunMs;
  let corrupted = 0;

  return {
    write(number) {
      const message = writer.write(number);
      sentAt[number % REMEMBERED] = performance.now();
      return message;
    },
    arrived(payload, nowMs) {
      if (kindOf(payload) !== KIND.echo || !isOfRun(payload, run)) return false;
      if (payload.length !== size || !isIntact(payload)) {
        corrupted += 1;
        return false;
      }
      const number = numberOf(payload);
      if (!arrivals.add(number)) return false;
      rtt.add(1000 * (nowMs - (sentAt[number % REMEMBERED] ?? nowMs)));
      lastMs = nowMs;
      counts.received += 1;
      return true;
    },
    get lastMs() {
      return lastMs;
    },
    get result(): EchoResult {
      const { sent } = counts;
      const { received, duplicates, reordered } = arrivals;
      const lost = Math.max(0, sent - received);
      const durationMs = lastMs - begunMs;
      return {
        mode: "echo",
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
        rttMicros: {
          min: rtt.min,
          mean: rtt.mean,
          p50: rtt.percentile(50),
          p90: rtt.percentile(90),
          p99: rtt.percentile(99),
          max: rtt.max,
        },
      };
    },
  };
}
