// SPDX-License-Identifier: GPL-3.0-or-later

// Below so many bytes a loop is faster than a view and the engine's own copy.
const SHORT_BYTES = 64;

/** Copies `length` bytes; the two places must not overlap in one buffer. */
export function copyBytes(
  from: Uint8Array,
  at: number,
  length: number,
  to: Uint8Array,
  toAt: number,
): void {
  if (length <= SHORT_BYTES) {
    for (let i = 0; i < length; i++) to[toAt + i] = from[at + i] ?? 0;
    return;
  }
  to.set(new Uint8Array(from.buffer, from.byteOffset + at, length), toAt);
}

/** A copy of its own of `length` bytes; `slice` of a Buffer would be a view. */
export function copyOf(from: Uint8Array, at: number, length: number): Uint8Array {
  const copy = new Uint8Array(length);
  copyBytes(from, at, length, copy, 0);
  return copy;
}
