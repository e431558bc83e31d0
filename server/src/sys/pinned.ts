// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Memory whose address the kernel is given. Invariant: the address is that of the bytes for as long
 * as the object is reachable, since it holds the bytes; who hands out the address holds the object.
 */
import type { Koffi } from "./koffi.js";

/** Bytes, and views of the same bytes. */
export interface Pinned {
  readonly bytes: Uint8Array;
  /** The same as u32 of this machine's order. */
  readonly words: Uint32Array;
  /** Of the first byte. Below 2^53, as all addresses of user space are. */
  readonly address: number;
}

const WORD_BYTES = 4;

/** Zeroed memory of its own, outside of what the collector moves; a multiple of 4 bytes. */
export function pin(koffi: Koffi, length: number): Pinned {
  const memory = new ArrayBuffer(length);
  return {
    bytes: new Uint8Array(memory),
    words: new Uint32Array(memory),
    address: Number(koffi.address(memory)),
  };
}

/** Writes a 64-bit field, an address or a size, at a byte offset that is a multiple of 4. */
export function setLong(memory: Pinned, at: number, value: number): void {
  const word = at / WORD_BYTES;
  memory.words[word] = value % 2 ** 32;
  memory.words[word + 1] = Math.floor(value / 2 ** 32);
}

/** Writes a 32-bit field. */
export function setInt(memory: Pinned, at: number, value: number): void {
  memory.words[at / WORD_BYTES] = value;
}

/** Reads a 32-bit field, unsigned. */
export function getInt(memory: Pinned, at: number): number {
  return memory.words[at / WORD_BYTES] ?? 0;
}

/**
 * Addresses of arrays that others made, for the length of one call: the last array buffer's is kept,
 * since senders send from one buffer over and over. The caller has checked that the view still has
 * its bytes (a detached one has none).
 */
export function createAddressOf(koffi: Koffi): (bytes: Uint8Array) => number {
  let last: ArrayBufferLike | undefined;
  let address = 0;
  return (bytes) => {
    const memory = bytes.buffer;
    if (memory !== last) {
      address = Number(koffi.address(memory));
      last = memory;
    }
    return address + bytes.byteOffset;
  };
}
