// SPDX-License-Identifier: GPL-3.0-or-later

/** What a measurement finds out, as numbers and as JSON has them. */

/** What the receiving side has counted of a one-way run. */
export interface Report {
  /** Different messages that arrived intact. */
  readonly received: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Messages that came again. */
  readonly duplicates: number;
  /** Messages that came after a later one. */
  readonly reordered: number;
  /** Messages that came too late to tell whether they are duplicates; none of the received. */
  readonly late: number;
  /** Messages that were not what was sent; none of the received. */
  readonly corrupted: number;
  /** Milliseconds from the first message to the last. */
  readonly durationMs: number;
}

/** What all measurements have in common. */
interface Result {
  /** Bytes in each message. */
  readonly size: number;
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly lossPercent: number;
  readonly duplicates: number;
  readonly reordered: number;
  readonly corrupted: number;
  readonly durationMs: number;
  /** Messages a second that arrived. */
  readonly messagesPerSecond: number;
  /** Megabytes (10^6 bytes) a second that arrived. */
  readonly megabytesPerSecond: number;
}

/** A one-way run, as the receiving side saw it. */
export interface OneWayResult extends Result {
  readonly mode: "one-way";
}

/** Round trip times in microseconds. */
export interface RttMicros {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** A run of echoes, as the sender saw it. */
export interface EchoResult extends Result {
  readonly mode: "echo";
  readonly rttMicros: RttMicros;
}

/** Either of them. */
export type PerfResult = OneWayResult | EchoResult;

/** Counts while a measurement runs, for those who watch. */
export interface LiveCounts {
  sent: number;
  received: number;
}

/** Messages and megabytes a second. */
export function ratesOf(
  received: number,
  size: number,
  durationMs: number,
): Pick<Result, "messagesPerSecond" | "megabytesPerSecond"> {
  const messagesPerSecond = durationMs > 0 ? (1000 * received) / durationMs : 0;
  return { messagesPerSecond, megabytesPerSecond: (messagesPerSecond * size) / 1e6 };
}

const COUNTS = [
  "received",
  "bytes",
  "duplicates",
  "reordered",
  "late",
  "corrupted",
  "durationMs",
] as const satisfies readonly (keyof Report)[];

/** Whether a value from the other side is a report. */
export function isReport(value: unknown): value is Report {
  if (typeof value !== "object" || value === null) return false;
  const entries = new Map<string, unknown>(Object.entries(value));
  return COUNTS.every((name) => {
    const count = entries.get(name);
    return typeof count === "number" && Number.isFinite(count) && count >= 0;
  });
}
