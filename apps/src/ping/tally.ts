// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which pings of a run were answered, and how fast. Invariants: a ping counts as received once,
 * by the first intact answer; what comes again is a duplicate, what comes altered is corrupted,
 * and neither is anything else. Knows no clock: times come in as nanoseconds.
 */
import type { PingMessages } from "./message.js";

/** What a message that arrived turned out to be. */
export type Verdict =
  | { readonly kind: "reply" | "duplicate"; readonly number: number; readonly rttMs: number }
  | { readonly kind: "corrupted" }
  | { readonly kind: "foreign" };

/** Counts and times so far. */
export interface PingStatistics {
  readonly transmitted: number;
  readonly received: number;
  readonly duplicates: number;
  readonly corrupted: number;
  /** Pings that the daemon refused to send. */
  readonly errors: number;
  /** Milliseconds; undefined before the first reply. */
  readonly rtt: RoundTrips | undefined;
}

/** Round trip times in milliseconds. */
export interface RoundTrips {
  readonly min: number;
  readonly avg: number;
  readonly max: number;
  /** Standard deviation. */
  readonly mdev: number;
}

/** The books of one run. */
export interface Tally {
  /** The next message to send. */
  next(nanos: bigint): { readonly number: number; readonly payload: Uint8Array };
  /** Judges a message from the pinged address. */
  arrived(payload: Uint8Array, nanos: bigint): Verdict;
  /** A ping was refused. */
  refused(): void;
  readonly statistics: PingStatistics;
}

/** The newest pings that are remembered; an answer to an older one counts as corrupted. */
const REMEMBERED = 65_536;
const MS = 1e6;

/** Books without an entry. */
export function createTally(messages: PingMessages): Tally {
  const sent = new Map<number, { readonly nanos: bigint; answered: boolean }>();
  let transmitted = 0;
  let received = 0;
  let duplicates = 0;
  let corrupted = 0;
  let errors = 0;
  let min = Infinity;
  let max = 0;
  let mean = 0;
  let squares = 0;

  // Welford's method: a sum of squares loses its digits over days of pings.
  const addRoundTrip = (ms: number): void => {
    received += 1;
    min = Math.min(min, ms);
    max = Math.max(max, ms);
    const distance = ms - mean;
    mean += distance / received;
    squares += distance * (ms - mean);
  };

  return {
    next(nanos) {
      transmitted += 1;
      sent.set(transmitted, { nanos, answered: false });
      sent.delete(transmitted - REMEMBERED);
      return { number: transmitted, payload: messages.encode(transmitted, nanos) };
    },
    arrived(payload, nanos) {
      const number = messages.numberOf(payload);
      if (number === undefined) return { kind: "foreign" };
      const entry = sent.get(number);
      if (entry === undefined || !sameBytes(messages.encode(number, entry.nanos), payload)) {
        corrupted += 1;
        return { kind: "corrupted" };
      }
      const rttMs = Number(nanos - entry.nanos) / MS;
      if (entry.answered) {
        duplicates += 1;
        return { kind: "duplicate", number, rttMs };
      }
      entry.answered = true;
      addRoundTrip(rttMs);
      return { kind: "reply", number, rttMs };
    },
    refused() {
      errors += 1;
    },
    get statistics() {
      const mdev = Math.sqrt(squares / received);
      const rtt = received === 0 ? undefined : { min, avg: mean, max, mdev };
      return { transmitted, received, duplicates, corrupted, errors, rtt };
    },
  };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
