// SPDX-License-Identifier: GPL-3.0-or-later

// Where secrets live: outside the moving heap. V8 keeps small typed arrays inside it, where
// collecting garbage leaves copies behind that nothing can wipe.

/** Zeros, in a buffer of their own that can be wiped. */
export function secretBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length));
}

/** A copy of these bytes in a buffer of its own that can be wiped. */
export function secretCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = secretBytes(bytes.length);
  copy.set(bytes);
  return copy;
}
