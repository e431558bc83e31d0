// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The memory of queues: pieces of 16 KiB, each with a number and a next one. Invariant: a chunk is
 * either free or in exactly one queue.
 */
import { CHUNK_BYTES, SPARE_CHUNKS } from "./constants.js";

/** No chunk. */
export const NO_CHUNK = -1;

/** Numbered pieces of memory. */
export interface Chunks {
  /** A chunk that is in no queue; its next is NO_CHUNK. */
  take(): number;
  /** Gives a chunk back. */
  give(chunk: number): void;
  /** Its bytes; nothing for NO_CHUNK. */
  bytes(chunk: number): Uint8Array;
  next(chunk: number): number;
  setNext(chunk: number, next: number): void;
  /** Lets go of memory beyond what is kept for the next packets; call it when no chunk is taken. */
  trim(): void;
}

const NOTHING = new Uint8Array(0);

/** No memory yet. */
export function createChunks(): Chunks {
  const pieces: Uint8Array[] = [];
  const nexts: number[] = [];
  let firstFree = NO_CHUNK;
  return {
    take() {
      const chunk = firstFree;
      if (chunk !== NO_CHUNK) {
        firstFree = nexts[chunk] ?? NO_CHUNK;
        nexts[chunk] = NO_CHUNK;
        return chunk;
      }
      nexts.push(NO_CHUNK);
      const memory = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      return pieces.push(new Uint8Array(memory.buffer, 0, CHUNK_BYTES)) - 1;
    },
    give(chunk) {
      nexts[chunk] = firstFree;
      firstFree = chunk;
    },
    bytes: (chunk) => pieces[chunk] ?? NOTHING,
    next: (chunk) => nexts[chunk] ?? NO_CHUNK,
    setNext(chunk, next) {
      nexts[chunk] = next;
    },
    trim() {
      if (pieces.length <= SPARE_CHUNKS) return;
      pieces.length = SPARE_CHUNKS;
      nexts.length = 0;
      for (let i = 0; i < SPARE_CHUNKS; i++) nexts.push(i + 1 < SPARE_CHUNKS ? i + 1 : NO_CHUNK);
      firstFree = 0;
    },
  };
}
