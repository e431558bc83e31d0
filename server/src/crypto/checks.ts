// SPDX-License-Identifier: GPL-3.0-or-later

// Checks at the door: they name the argument, what was expected and what came, never its content.

/** Refuses anything but a Uint8Array, of this size if one is given. */
export function checkBytes(name: string, value: unknown, size?: number): void {
  if (!(value instanceof Uint8Array)) {
    const got = value === null ? "null" : typeof value;
    throw new TypeError(`${name}: expected a Uint8Array, got ${got}`);
  }
  if (size !== undefined && value.length !== size) {
    throw new RangeError(`${name}: expected ${size} bytes, got ${value.length}`);
  }
}

/** Refuses anything but Uint8Arrays. */
export function checkParts(parts: readonly unknown[]): void {
  for (let i = 0; i < parts.length; i++) checkBytes("parts", parts[i]);
}

/**
 * Refuses an output that overlaps its input without beginning where it does: it would be written
 * over what is still to be read.
 */
export function checkOverlap(name: string, input: Uint8Array, output: Uint8Array): void {
  const distance = output.byteOffset - input.byteOffset;
  if (distance === 0 || output.buffer !== input.buffer) return;
  if (distance >= input.length || -distance >= output.length) return;
  throw new RangeError(`${name}: may begin where the input does, or apart from it, got an overlap`);
}
