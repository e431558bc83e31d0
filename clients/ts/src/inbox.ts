// SPDX-License-Identifier: Apache-2.0

/**
 * The receiving half of a node, whoever implements it: a bounded queue of batches, read one
 * message at a time or batch by batch. Invariant: at most `bound` bytes wait, the oldest batches
 * make room, and every message goes to one receiver at most.
 */
import type { CallOptions, Datagram, DatagramBatch } from "./node.js";
import type { NodeError } from "./reasons.js";

/** A queue of messages that arrived. */
export interface Inbox {
  /** Adds a batch that holds `bytes` of memory. */
  push(batch: DatagramBatch, bytes: number): void;
  /** As Node.receive. */
  receive(options?: CallOptions): Promise<Datagram>;
  /** As Node.batches. */
  batches(options?: CallOptions): AsyncIterable<DatagramBatch>;
  /** Ends it: what waits is forgotten, receivers reject with the error, iterations end. */
  end(error: NodeError): void;
  /** How many messages were lost because nobody took them in time. */
  readonly lost: number;
}

interface Waiting {
  readonly batch: DatagramBatch;
  readonly bytes: number;
  /** How many of its messages have been taken. */
  taken: number;
}

/**
 * Somebody who waits: takes what is there, which is something, or hears that there will be nothing.
 */
type Receiver = (ended?: NodeError) => void;

const NOTHING_MORE = { done: true, value: undefined } as const;

/** An empty inbox. `onLost` is told the new total whenever messages were lost. */
export function createInbox(bound: number, onLost: (total: number) => void = () => {}): Inbox {
  let queue: (Waiting | undefined)[] = [];
  let first = 0;
  let bytes = 0;
  let lost = 0;
  let ended: NodeError | undefined;
  const receivers = new Set<Receiver>();

  const shift = (): void => {
    const waiting = queue[first];
    if (waiting === undefined) return;
    bytes -= waiting.bytes;
    queue[first] = undefined;
    first += 1;
    if (first * 2 > queue.length && first > 32) {
      queue = queue.slice(first);
      first = 0;
    }
  };
  const dropOldest = (): void => {
    const oldest = queue[first];
    if (oldest !== undefined) lost += oldest.batch.length - oldest.taken;
    shift();
  };
  const takeOne = (): Datagram | undefined => {
    const waiting = queue[first];
    if (waiting === undefined) return undefined;
    const index = waiting.taken;
    const datagram = { source: waiting.batch.source(index), payload: waiting.batch.payload(index) };
    waiting.taken += 1;
    if (waiting.taken === waiting.batch.length) shift();
    return datagram;
  };
  const takeBatch = (): DatagramBatch | undefined => {
    const waiting = queue[first];
    if (waiting === undefined) return undefined;
    shift();
    return waiting.taken === 0 ? waiting.batch : restOf(waiting.batch, waiting.taken);
  };

  // Whoever waits is handed what comes, at once: nobody is woken for what another takes before.
  const handOver = (): void => {
    for (const receiver of receivers) {
      if (first === queue.length) return;
      receivers.delete(receiver);
      receiver();
    }
  };
  // Resolves with what `look` finds, now or when it comes; rejects with the signal's reason. `after`
  // is what there is when the inbox has ended; it may throw.
  const take = <T>(
    look: () => T | undefined,
    after: (ended: NodeError) => T,
    signal: AbortSignal | undefined,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const found = ended === undefined ? look() : after(ended);
      if (found !== undefined) {
        resolve(found);
        return;
      }
      const receiver: Receiver = (error) => {
        signal?.removeEventListener("abort", abort);
        try {
          resolve(error === undefined ? (look() as T) : after(error));
        } catch (cause) {
          reject(cause);
        }
      };
      const abort = (): void => {
        receivers.delete(receiver);
        reject(signal?.reason);
      };
      receivers.add(receiver);
      signal?.addEventListener("abort", abort, { once: true });
    });
  const nextBatch = (): IteratorResult<DatagramBatch, undefined> | undefined => {
    const value = takeBatch();
    return value === undefined ? undefined : { done: false, value };
  };

  return {
    push(batch, size) {
      if (ended !== undefined) return;
      queue.push({ batch, bytes: size, taken: 0 });
      bytes += size;
      if (bytes > bound && queue.length - first > 1) {
        while (bytes > bound && queue.length - first > 1) dropOldest();
        onLost(lost);
      }
      if (receivers.size > 0) handOver();
    },
    receive: ({ signal } = {}) => take(takeOne, fail, signal),
    batches({ signal } = {}) {
      let left = false;
      const iterator: AsyncIterableIterator<DatagramBatch> = {
        [Symbol.asyncIterator]: () => iterator,
        next: () => (left ? Promise.resolve(NOTHING_MORE) : take(nextBatch, endBatches, signal)),
        return() {
          left = true;
          return Promise.resolve(NOTHING_MORE);
        },
      };
      return iterator;
    },
    end(error) {
      if (ended !== undefined) return;
      ended = error;
      queue = [];
      first = 0;
      bytes = 0;
      for (const receiver of receivers) receiver(error);
      receivers.clear();
    },
    get lost() {
      return lost;
    },
  };
}

function fail(ended: NodeError): never {
  throw ended;
}

function endBatches(ended: NodeError): typeof NOTHING_MORE {
  if (ended.reason === "NODE_CLOSED") return NOTHING_MORE;
  throw ended;
}

/** The messages of a batch from `skip` on. */
function restOf(batch: DatagramBatch, skip: number): DatagramBatch {
  const length = batch.length - skip;
  const check = (index: number): number => {
    if (index < 0 || index >= length)
      throw new RangeError(`no message ${index} in a batch of ${length}`);
    return index + skip;
  };
  return {
    length,
    source: (index) => batch.source(check(index)),
    payload: (index) => batch.payload(check(index)),
    *[Symbol.iterator]() {
      for (let i = skip; i < batch.length; i++) {
        yield { source: batch.source(i), payload: batch.payload(i) };
      }
    },
  };
}

/** A batch of one message. */
export function batchOfOne(datagram: Datagram): DatagramBatch {
  const only = (index: number): Datagram => {
    if (index !== 0) throw new RangeError(`no message ${index} in a batch of 1`);
    return datagram;
  };
  return {
    length: 1,
    source: (index) => only(index).source,
    payload: (index) => only(index).payload,
    *[Symbol.iterator]() {
      yield datagram;
    },
  };
}
