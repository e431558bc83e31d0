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
  return new StreamBatch(expected);
}

// A class, for one is made of every message that is sent alone: an object of its own functions takes
// ten times the memory and the time.
class StreamBatch implements Batch {
  firstNumber = 0;
  bytes = 0;
  count = 0;
  readonly #expected: number;
  #buffer: Buffer | undefined;
  /** Made when anybody waits: in most batches nobody does. */
  #waiters: Waiter[] | undefined;

  constructor(expected: number) {
    this.#expected = expected;
  }

  get awaited(): boolean {
    return this.#waiters !== undefined && this.#waiters.length > 0;
  }

  append(address: Uint8Array, payload: Uint8Array, bytes: number): void {
    const { length } = payload;
    this.bytes = writeDatagram(this.#room(bytes), this.bytes, address, 0, payload, 0, length);
    this.count += 1;
  }

  waitForLast(settler: Settler): void {
    this.#waiters ??= [];
    this.#waiters.push({ index: this.count - 1, settler });
  }

  message(): Buffer {
    return this.#buffer === undefined ? Buffer.alloc(0) : this.#buffer.subarray(0, this.bytes);
  }

  release(): void {
    if (this.#buffer !== undefined) pool.give(this.#buffer);
    this.#buffer = undefined;
  }

  resolveThrough(number: number): void {
    if (this.#waiters === undefined) return;
    const covered = number - this.firstNumber;
    let done = 0;
    for (const { index, settler } of this.#waiters) {
      if (index > covered) break;
      settler.resolve();
      done += 1;
    }
    this.#waiters = this.#waiters.slice(done);
  }

  reject(number: number, reason: unknown): boolean {
    const waiters = this.#waiters ?? [];
    const index = number - this.firstNumber;
    const place = waiters.findIndex((waiter) => waiter.index === index);
    if (place < 0) return false;
    waiters[place]?.settler.reject(reason);
    waiters.splice(place, 1);
    return true;
  }

  rejectAll(reason: unknown): void {
    const waiters = this.#waiters ?? [];
    this.#waiters = undefined;
    for (const { settler } of waiters) settler.reject(reason);
  }

  #room(needed: number): Buffer {
    const buffer = this.#buffer;
    if (buffer !== undefined && this.bytes + needed <= buffer.length) return buffer;
    const wanted = this.bytes + needed;
    const size = Math.max(SMALLEST_BYTES, this.#expected, 2 * (buffer?.length ?? 0), wanted);
    const larger = size > LARGE_BYTES ? pool.take() : Buffer.allocUnsafe(size);
    buffer?.copy(larger, 0, 0, this.bytes);
    this.#buffer = larger;
    return larger;
  }
}
