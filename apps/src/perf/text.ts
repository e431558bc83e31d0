// SPDX-License-Identifier: GPL-3.0-or-later

/** Results of measurements for people. */
import {
  formatBytes,
  formatCount,
  formatMany,
  formatMicros,
  formatPercent,
  formatTable,
} from "../quantities.js";
import { type LiveCounts, type PerfResult, type Report, ratesOf } from "./results.js";

/** A result as a table. */
export function describeResult(result: PerfResult): string[] {
  const { size, sent, received, lost, durationMs, messagesPerSecond } = result;
  const rate = formatRate(messagesPerSecond, messagesPerSecond * size);
  const rows: [string, string][] = [
    ["sent", `${formatMany(sent, "message")} of ${formatBytes(size)}`],
    [result.mode === "echo" ? "answered" : "received", formatCount(received)],
    ["lost", `${formatCount(lost)} (${formatPercent(lost, sent)})`],
    ["rate", `${rate} for ${(durationMs / 1000).toFixed(2)} s`],
  ];
  for (const name of ["duplicates", "reordered", "corrupted"] as const) {
    if (result[name] > 0) rows.push([name, formatCount(result[name])]);
  }
  if (result.mode === "echo") {
    const { p50, p90, p99, max } = result.rttMicros;
    rows.push(["rtt p50", formatMicros(p50)], ["rtt p90", formatMicros(p90)]);
    rows.push(["rtt p99", formatMicros(p99)], ["rtt max", formatMicros(max)]);
  }
  return formatTable(rows);
}

/** What a server counted of one run, in a line. */
export function describeReport(report: Report): string {
  const { received, bytes, duplicates, reordered, corrupted, durationMs } = report;
  const { messagesPerSecond } = ratesOf(received, 0, durationMs);
  const bytesPerSecond = received === 0 ? 0 : (messagesPerSecond * bytes) / received;
  const parts = [`${formatMany(received, "message")}, ${formatBytes(bytes)}`];
  parts.push(formatRate(messagesPerSecond, bytesPerSecond));
  if (duplicates > 0) parts.push(formatMany(duplicates, "duplicate"));
  if (reordered > 0) parts.push(`${formatCount(reordered)} reordered`);
  if (corrupted > 0) parts.push(`${formatCount(corrupted)} corrupted`);
  return parts.join(", ");
}

/** Counts in the middle of a run, in a line. */
export function describeLive(counts: LiveCounts, echo: boolean): string {
  const answered = echo ? `, ${formatCount(counts.received)} answered` : "";
  return `${formatMany(counts.sent, "message")} sent${answered}`;
}

function formatRate(messagesPerSecond: number, bytesPerSecond: number): string {
  return `${formatCount(messagesPerSecond)} messages/s, ${formatBytes(bytesPerSecond)}/s`;
}
