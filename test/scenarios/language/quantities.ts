// SPDX-License-Identifier: GPL-3.0-or-later

// Durations, shares and sizes: how they are written in scenarios, and how observations show them.

const MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  y: 365 * 86_400_000,
};
const BYTES: Readonly<Record<string, number>> = { B: 1, kB: 1_000, MB: 1_000_000 };

/** `20ms`, `1.5s`, `2m`, `1h`, `3d`, `1y`: milliseconds; undefined for anything else. */
export function parseDuration(word: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|[smhdy])$/.exec(word) ?? [];
  return number === undefined ? undefined : Number(number) * (MS[unit] ?? 1);
}

/** `2%` or `0.5%`: a share from 0 to 1; undefined for anything else. */
export function parseShare(word: string): number | undefined {
  const [, number] = /^(\d+(?:\.\d+)?)%$/.exec(word) ?? [];
  const share = Number(number ?? "NaN") / 100;
  return share >= 0 && share <= 1 ? share : undefined;
}

/** `100B`, `16kB`, `1MB`: bytes; undefined for anything else. */
export function parseBytes(word: string): number | undefined {
  const [, number, unit = ""] = /^(\d+)(B|kB|MB)$/.exec(word) ?? [];
  return number === undefined ? undefined : Number(number) * (BYTES[unit] ?? 1);
}

/** A duration that was measured: whole milliseconds below a second, else hundredths of one. */
export function showDuration(ms: number): string {
  return Math.round(ms) < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

/** A duration that was asked for, as short as it can be said. */
export function showAsked(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}

/** Names, or `nobody`. */
export function showNames(names: readonly string[]): string {
  return names.length === 0 ? "nobody" : names.join(" ");
}
