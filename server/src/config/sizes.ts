// SPDX-License-Identifier: GPL-3.0-or-later

// Sizes in bytes as people write them: 65536, 512KiB, 256MB. Round trip: parseSize(formatSize(n))
// is n for every safe integer n >= 0.

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Largest first, so that the first which divides a size is the one to write it in. */
const BINARY_UNITS = [
  ["GiB", GIB],
  ["MiB", MIB],
  ["KiB", KIB],
] as const;

const UNITS: ReadonlyMap<string, number> = new Map<string, number>([
  ...BINARY_UNITS,
  ["GB", 1e9],
  ["MB", 1e6],
  ["KB", 1e3],
  ["B", 1],
]);

/** A size as text: a whole number and a unit, which may be left out for bytes. */
export const SIZE_TEXT: RegExp = /^(\d{1,16}) ?(B|KB|MB|GB|KiB|MiB|GiB)?$/;

/** A number of KiB in bytes. */
export const kib = (count: number): number => count * KIB;
/** A number of MiB in bytes. */
export const mib = (count: number): number => count * MIB;
/** A number of GiB in bytes. */
export const gib = (count: number): number => count * GIB;

/**
 * Reads a size: KiB, MiB, GiB are powers of 1,024; KB, MB, GB powers of 1,000. NaN for any other
 * text. The result may be beyond the safe integers; bounds are the caller's.
 */
export function parseSize(text: string): number {
  const [, digits, unit = "B"] = SIZE_TEXT.exec(text) ?? [];
  return Number(digits) * (UNITS.get(unit) ?? Number.NaN);
}

/** Writes a size in the largest binary unit that divides it; plain digits if none does. */
export function formatSize(bytes: number): string {
  for (const [unit, factor] of BINARY_UNITS) {
    if (bytes > 0 && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return String(bytes);
}
