// SPDX-License-Identifier: GPL-3.0-or-later

/** Numbers as people read them. */

const INTEGER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const STEPS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A whole number with thousands apart: 1,234,567. */
export function formatCount(value: number): string {
  return INTEGER.format(value);
}

/** A count with its noun: 1 message, 2 messages. */
export function formatMany(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** Bytes in decimal units with three significant digits: 64 B, 1.40 kB, 123 MB. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let step = 0;
  while (value >= 999.5 && step < STEPS.length - 1) {
    value /= 1000;
    step += 1;
  }
  return `${step === 0 ? formatCount(value) : value.toPrecision(3)} ${STEPS[step]}`;
}

/** Microseconds in the unit that suits them: 58 µs, 1.23 ms, 1.50 s. */
export function formatMicros(micros: number): string {
  if (micros < 999.5) return `${Math.round(micros)} µs`;
  if (micros < 999_500) return `${(micros / 1000).toPrecision(3)} ms`;
  return `${(micros / 1e6).toFixed(2)} s`;
}

/** A share as percent in three digits: 0.05%, 33.3%; neither 0% nor 100% unless it is exactly so. */
export function formatPercent(part: number, whole: number): string {
  const percent = percentOf(part, whole);
  if (percent === 0 || percent === 100) return `${percent}%`;
  return `${Math.min(Math.max(Number(percent.toPrecision(3)), 0.001), 99.9)}%`;
}

/** Part of a whole in percent; 0 of nothing is 0. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

/** Milliseconds as days, hours, minutes and seconds, the two largest: 3 d 4 h, 12 s. */
export function formatUptime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** Rows of two columns, the first as wide as its widest. */
export function formatTable(rows: readonly (readonly [string, string])[], indent = ""): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${indent}${name.padEnd(width)}  ${value}`);
}
