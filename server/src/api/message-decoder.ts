// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Cuts what a stream brings into messages of gRPC, and puts large ones together in memory that is
 * used again. Guards that memory is taken for what has come, not for what was announced.
 */
import { CHUNK_BYTES, giveChunk, takeChunk } from "./chunk-memory.js";
import { FRAME_BYTES, LARGE_CHUNK_BYTES } from "./constants.js";

/** As grpc-js knows it. */
export interface MessageDecoder {
  /**
   * The messages that these bytes complete, each with its frame; they may lie in `bytes`. Throws an
   * Error when one is announced to be too long.
   */
  write(bytes: Buffer): Buffer[];
}

/** Chunks that messages lie in, by the memory that a view of such a message shows. */
const lent = new WeakMap<ArrayBufferLike, Buffer>();

/** Gives back the memory of a message that nobody looks at any more, if it is such. */
export function giveMessage(message: Buffer): void {
  const chunk = lent.get(message.buffer);
  if (chunk === undefined) return;
  lent.delete(message.buffer);
  giveChunk(chunk);
}

/** For messages of at most so many bytes, each without its frame. */
export function createMessageDecoder(most: number): MessageDecoder {
  // A frame may come in pieces, which are as many as the sender likes.
  const frame = Buffer.alloc(FRAME_BYTES);
  let parts: Buffer[] = [];
  let have = 0;
  /** Bytes of the message that is coming, with its frame; 0: unknown. */
  let needed = 0;
  let broken = false;

  const read = (first: Buffer): void => {
    const length = first.readUInt32BE(1);
    broken = length > most;
    if (broken) {
      throw new Error(`a message of ${length} bytes is too long, at most ${most} are taken`);
    }
    needed = FRAME_BYTES + length;
  };
  const join = (): Buffer => {
    if (needed <= LARGE_CHUNK_BYTES || needed > CHUNK_BYTES) return Buffer.concat(parts, needed);
    const chunk = takeChunk(CHUNK_BYTES);
    lent.set(chunk.buffer, chunk);
    let at = 0;
    for (const part of parts) at += part.copy(chunk, at);
    return chunk.subarray(0, needed);
  };

  return {
    write(bytes) {
      const messages: Buffer[] = [];
      let at = 0;
      while (at < bytes.length && !broken) {
        if (have === 0 && bytes.length - at >= FRAME_BYTES) read(bytes.subarray(at));
        else if (needed === 0) {
          const copied = bytes.copy(frame, have, at);
          at += copied;
          have += copied;
          if (have < FRAME_BYTES) break;
          read(frame);
          parts.push(Buffer.from(frame));
        }
        const end = Math.min(bytes.length, at + needed - have);
        parts.push(bytes.subarray(at, end));
        have += end - at;
        at = end;
        if (have < needed) break;
        messages.push(join());
        parts = [];
        have = 0;
        needed = 0;
      }
      return messages;
    },
  };
}
