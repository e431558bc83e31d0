// SPDX-License-Identifier: Apache-2.0

// Byte arrays: what counts as one, comparing, and the care that secret ones need.
//
// Wiping is best effort in JavaScript: the engine may have copied what it was given. What can be
// done is done here: secrets live in buffers of their own, outside the heap that the garbage
// collector moves about, and are overwritten when they are no longer needed.

/** Whether the value is a Uint8Array (a Buffer is one), of this realm or another. */
export function isBytes(value: unknown): value is Uint8Array {
  return (
    value instanceof Uint8Array ||
    (ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]")
  );
}

/** What came instead of bytes, for error messages: a size or a type, never the content. */
export function describe(value: unknown): string {
  if (isBytes(value)) return `${value.length} bytes`;
  if (typeof value === "string") return `a string of ${value.length} characters`;
  return value === null ? "null" : `a value of type ${typeof value}`;
}

/**
 * A zeroed buffer for a secret. It shares its memory with nothing, and is allocated outside the
 * moving heap (V8 keeps small typed arrays inside it, where collecting garbage copies them).
 */
export function allocateSecret(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length));
}

/** A copy of the bytes in a buffer made by {@link allocateSecret}. */
export function copySecret(bytes: Uint8Array): Uint8Array {
  const copy = allocateSecret(bytes.length);
  copy.set(bytes);
  return copy;
}

/** Overwrites every buffer with zeros. */
export function wipe(...buffers: readonly Uint8Array[]): void {
  for (const buffer of buffers) buffer.fill(0);
}

/**
 * Whether both hold the same bytes, in a time that depends on their lengths only. Arrays of
 * different lengths are not equal, and that is found out at once.
 */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** Whether both hold the same bytes. For what is public: it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The sign of a − b as strings of bytes: negative, zero or positive. For what is public. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
