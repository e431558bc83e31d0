// SPDX-License-Identifier: GPL-3.0-or-later

// Integers of the wire protocol, little-endian, in the middle of a packet: no view is made.

const TWO_32 = 0x1_0000_0000;

/** The u16 at `at`. The caller has checked that it is there. */
export function readU16(buffer: Uint8Array, at: number): number {
  return (buffer[at] ?? 0) | ((buffer[at + 1] ?? 0) << 8);
}

/** The u32 at `at`. The caller has checked that it is there. */
export function readU32(buffer: Uint8Array, at: number): number {
  return (
    ((buffer[at] ?? 0) |
      ((buffer[at + 1] ?? 0) << 8) |
      ((buffer[at + 2] ?? 0) << 16) |
      ((buffer[at + 3] ?? 0) << 24)) >>>
    0
  );
}

/** The u64 at `at`; Infinity if it is above 2^53 - 1, which no number here may be. */
export function readU64(buffer: Uint8Array, at: number): number {
  const high = readU32(buffer, at + 4);
  if (high > 0x1f_ffff) return Number.POSITIVE_INFINITY;
  return high * TWO_32 + readU32(buffer, at);
}

/** Writes a u16. */
export function writeU16(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = value;
  buffer[at + 1] = value >>> 8;
}

/** Writes a u32. */
export function writeU32(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = value;
  buffer[at + 1] = value >>> 8;
  buffer[at + 2] = value >>> 16;
  buffer[at + 3] = value >>> 24;
}

/** Writes a whole number from 0 to 2^53 - 1 as a u64. */
export function writeU64(buffer: Uint8Array, at: number, value: number): void {
  writeU32(buffer, at, value >>> 0);
  writeU32(buffer, at + 4, Math.floor(value / TWO_32));
}
