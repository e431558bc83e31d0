// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Memory of rings, used again and again. A ring takes some when a message has to wait and is done
 * with it soon, and V8 collects each time 32 MiB of such pieces were made: everybody waits for that.
 * Invariant: what is kept is bounded, whoever made it necessary.
 */

/** Bytes of the smallest piece that is kept; each size is twice the one before. */
const SMALLEST_BYTES = 1024;
/** Bytes of the largest. */
const LARGEST_BYTES = 1024 * 1024;
/** Bytes kept of each size: 11 MiB in all. */
const KEPT_BYTES = 1024 * 1024;

const kept = new Map<number, Uint8Array[]>();
for (let bytes = SMALLEST_BYTES; bytes <= LARGEST_BYTES; bytes *= 2) kept.set(bytes, []);

/** So many bytes, with anything in them. */
export function takeRingMemory(bytes: number): Uint8Array {
  return kept.get(bytes)?.pop() ?? Buffer.allocUnsafeSlow(bytes);
}

/** Gives memory back that nobody looks at any more. */
export function giveRingMemory(memory: Uint8Array): void {
  const pieces = kept.get(memory.length);
  if (pieces !== undefined && (pieces.length + 1) * memory.length <= KEPT_BYTES) {
    pieces.push(memory);
  }
}
