// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Memory of what streams carry, used again and again: V8 stops everybody each time 32 MiB of new
 * pieces were made. Guards that none is given back twice, and that what is kept is bounded.
 */
import { createBufferPool, MAX_STREAM_MESSAGE_BYTES } from "@inet256/client/grpc";
import { POOLED_CHUNKS, POOLED_SMALL_CHUNKS, SMALLEST_CHUNK_BYTES } from "./constants.js";

/** Bytes of the largest pieces, which hold any message that a stream is written. */
export const CHUNK_BYTES = MAX_STREAM_MESSAGE_BYTES;

// Every stream's.
const chunks = createBufferPool(CHUNK_BYTES, POOLED_CHUNKS);
const smallChunks = createBufferPool(SMALLEST_CHUNK_BYTES, POOLED_SMALL_CHUNKS);

/** So many bytes, with anything in them. */
export function takeChunk(bytes: number): Buffer {
  if (bytes === CHUNK_BYTES) return chunks.take();
  return bytes === SMALLEST_CHUNK_BYTES ? smallChunks.take() : Buffer.allocUnsafeSlow(bytes);
}

/** Gives back what nobody looks at any more; each pool forgets what is not of its size. */
export function giveChunk(chunk: Buffer): void {
  chunks.give(chunk);
  smallChunks.give(chunk);
}
