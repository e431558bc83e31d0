// SPDX-License-Identifier: Apache-2.0

/**
 * Messages gathered for one stream message, with those who wait to hear of some of them. Knows
 * its first number only once it is written.
 */
import { createBufferPool, MAX_STREAM_MESSAGE_BYTES, writeDatagram } from "./grpc/index.js";
import type { Settler } from "./settler.js";

const SMALLEST_BYTES = 512;
/** A batch that is expected to reach this, in bytes, begins with a whole message of room. */
const LARGE_BYTES = 64 * 1024;
/** As many whole messages as may be on their way at one node, and as many again. */
const pool = createBufferPool(MAX_STREAM_MESSAGE_BYTES, 8);

/** A batch that is being filled, waits, or has been written. */
export interface Batch {
  /** Encoded bytes so far. */
  readonly bytes: number;
  /** Messages so far. */
  readonly count: number;
  /** The number of its first message in the stream; set when it is written. */
  firstNumber: number;
  /** Adds a message whose encoding takes `bytes`. */
  append(address: Uint8Array, payload: Uint8Array, bytes: number): void;
  /** Whether anybody waits to hear of one. */
  readonly awaited: boolean;
  /** Who waits to hear of the message appended last. */
  waitForLast(settler: Settler): void;
  /** The stream message. Afterwards nothing more is appended. */
  message(): Buffer;
  /** Gives its memory back, when the message has been written and accepted. */
  release(): void;
  /** Resolves whoever waits for a message up to this number. */
  resolveThrough(number: number): void;
  /** Rejects who waits for this number; false when nobody does. */
  reject(number: number, reason: unknown): boolean;
  /** Rejects everybody who still waits. */
  rejectAll(reason: unknown): void;
}

interface Waiter {
  readonly index: number;
  readonly settler: Settler;
}

/** An empty batch; `expected` bytes are laid out at the first message. */
export function createBatch(expected: number): Batch {
  let buffer: Buffer | undefined;
  let bytes = 0;
  let count = 0;
  let waiters: Waiter[] = [];

  const room = (needed: number): Buffer => {
    if (buffer !== undefined && bytes + needed <= buffer.length) return buffer;
    const size = Math.max(SMALLEST_BYTES, expected, 2 * (buffer?.length ?? 0), bytes + needed);
    const larger = size > LARGE_BYTES ? pool.take() : Buffer.allocUnsafeSlow(size);
    buffer?.copy(larger, 0, 0, bytes);
    buffer = larger;
    return larger;
  };

  return {
    firstNumber: 0,
    get bytes() {
      return bytes;
    },
    get count() {
      return count;
    },
    get awaited() {
      return waiters.length > 0;
    },
    append(address, payload, needed) {
      bytes = writeDatagram(room(needed), bytes, address, 0, payload, 0, payload.length);
      count += 1;
    },
    waitForLast(settler) {
      waiters.push({ index: count - 1, settler });
    },
    message() {
      return buffer === undefined ? Buffer.alloc(0) : buffer.subarray(0, bytes);
    },
    release() {
      if (buffer !== undefined) pool.give(buffer);
      buffer = undefined;
    },
    resolveThrough(number) {
      if (waiters.length === 0) return;
      const covered = number - this.firstNumber;
      let done = 0;
      for (const waiter of waiters) {
        if (waiter.index > covered) break;
        waiter.settler.resolve();
        done += 1;
      }
      waiters = waiters.slice(done);
    },
    reject(number, reason) {
      const index = number - this.firstNumber;
      const place = waiters.findIndex((waiter) => waiter.index === index);
      if (place < 0) return false;
      waiters[place]?.settler.reject(reason);
      waiters.splice(place, 1);
      return true;
    },
    rejectAll(reason) {
      for (const { settler } of waiters) settler.reject(reason);
      waiters = [];
    },
  };
}
