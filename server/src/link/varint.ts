// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Whole numbers in frames: LEB128, the least significant seven bits first, the high bit of a byte
 * says that another follows. 0 to 2^53 - 1, in 1 to 8 bytes, the shortest form only: what encodes
 * a number is unique. Guards: nothing is read beyond `end`.
 */

/** A place in bytes that are being read. One is used again for every datagram. */
export interface FrameReader {
  buffer: Uint8Array;
  at: number;
  end: number;
}

/** Bytes of the longest. */
export const MAX_VARINT_BYTES = 8;

/** A reader of nothing. */
export function createFrameReader(): FrameReader {
  return { buffer: new Uint8Array(0), at: 0, end: 0 };
}

/** Reads one and moves on; -1, without moving, when there is none or it is not in shortest form. */
export function readVarint(reader: FrameReader): number {
  const { buffer, end } = reader;
  let at = reader.at;
  let value = 0;
  let scale = 1;
  for (let i = 0; i < MAX_VARINT_BYTES && at < end; i++) {
    const byte = buffer[at++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      if ((byte === 0 && i > 0) || value > Number.MAX_SAFE_INTEGER) return -1;
      reader.at = at;
      return value;
    }
    scale *= 128;
  }
  return -1;
}

/** Bytes that `value` takes. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

/** Writes `value` at `at`, for which there must be room; gives the place after it. */
export function writeVarint(buffer: Uint8Array, at: number, value: number): number {
  let place = at;
  let rest = value;
  while (rest >= 128) {
    buffer[place++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  buffer[place++] = rest;
  return place;
}
