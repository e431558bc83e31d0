// SPDX-License-Identifier: Apache-2.0

/**
 * The sending half of a node over a stream: gathers messages into batches, writes them as the
 * daemon accepts earlier ones, and tells every `send` what became of its message.
 *
 * Invariant (rule O5): a message that was written to a stream is never written again. When the
 * stream breaks, what was written and not accepted rejects with OUTCOME_UNKNOWN; what was never
 * written waits for the next stream.
 */
import { nextTick } from "node:process";
import { type Batch, createBatch } from "./batch.js";
import { UNWRITTEN_BYTES, WAITING_BYTES } from "./constants.js";
import {
  encodedDatagramBytes,
  MAX_STREAM_MESSAGE_BYTES,
  MAX_UNACCEPTED_BYTES,
} from "./grpc/index.js";
import type { Address } from "./identity/index.js";
import { NodeError, type NodeErrorReason } from "./reasons.js";
import { abortable, type Settler } from "./settler.js";

/** Writes one stream message. */
export type WriteMessage = (message: Buffer) => void;

/** The sending half. */
export interface Outbox {
  /** As Node.trySend, for arguments that have been checked. */
  trySend(to: Address, payload: Uint8Array): boolean;
  /** As Node.send, for arguments that have been checked. */
  send(to: Address, payload: Uint8Array, signal: AbortSignal | undefined): Promise<void>;
  /** As Node.room. */
  room(signal: AbortSignal | undefined): Promise<void>;
  /** A stream is open: its first datagram will be number 1. */
  connected(write: WriteMessage): void;
  /** The stream is gone; what was written on it has an unknown outcome. */
  disconnected(): void;
  /** What waits fails now, and what comes until `connected` at once. */
  giveUp(error: NodeError): void;
  /** The daemon accepted everything up to this number but what has failed. */
  accepted(through: number): void;
  /** The daemon refused one datagram. */
  failed(number: number, reason: NodeErrorReason): void;
  /** Takes no more; resolves when all is written or lost. */
  finish(error: NodeError): Promise<void>;
  /** Everything fails with this error, now and later. */
  end(error: NodeError): void;
}

/** An empty request asks for the acceptance of what was written before. */
const ASKING = Buffer.alloc(0);

interface Waiting {
  readonly to: Address;
  readonly payload: Uint8Array;
  readonly bytes: number;
  readonly settler: Settler;
}

/** An outbox without a stream. `onRefused` hears of refused messages that nobody waits for. */
export function createOutbox(onRefused: (reason: NodeErrorReason) => void): Outbox {
  let write: WriteMessage | undefined;
  let refuse: NodeError | undefined;
  let filling: Batch = createBatch(0);
  let unwritten: Batch[] = [];
  let unwrittenBytes = 0;
  let written: Batch[] = [];
  let unacceptedBytes = 0;
  let nextNumber = 1;
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let flushing = false;
  let finishing: NodeError | undefined;
  let finishers: (() => void)[] = [];
  let roomWaiters: Settler[] = [];

  const fits = (bytes: number): boolean =>
    unwrittenBytes === 0 || unwrittenBytes + bytes <= UNWRITTEN_BYTES;
  const hasRoom = (bytes: number): boolean => waiting.length === 0 && fits(bytes);

  const seal = (): void => {
    if (filling.count === 0) return;
    unwritten.push(filling);
    filling = createBatch(filling.bytes);
  };
  const append = (to: Address, payload: Uint8Array, bytes: number): Batch => {
    if (filling.bytes + bytes > MAX_STREAM_MESSAGE_BYTES) seal();
    filling.append(to.bytes, payload, bytes);
    unwrittenBytes += bytes;
    return filling;
  };
  const writeWhatMay = (): void => {
    if (write === undefined) return;
    let index = 0;
    let awaited = false;
    for (; index < unwritten.length; index++) {
      const batch = unwritten[index];
      if (batch === undefined) break;
      if (unacceptedBytes > 0 && unacceptedBytes + batch.bytes > MAX_UNACCEPTED_BYTES) break;
      batch.firstNumber = nextNumber;
      nextNumber += batch.count;
      unacceptedBytes += batch.bytes;
      unwrittenBytes -= batch.bytes;
      written.push(batch);
      write(batch.message());
      awaited ||= batch.awaited;
    }
    if (awaited) write(ASKING);
    if (index > 0) unwritten = unwritten.slice(index);
  };
  const announceRoom = (): void => {
    if (roomWaiters.length === 0 || unwrittenBytes > UNWRITTEN_BYTES / 2) return;
    const waiters = roomWaiters;
    roomWaiters = [];
    for (const waiter of waiters) waiter.resolve();
  };
  const admitWaiting = (): void => {
    let admitted = 0;
    for (const next of waiting) {
      if (!fits(next.bytes)) break;
      append(next.to, next.payload, next.bytes).waitForLast(next.settler);
      waitingBytes -= next.bytes;
      admitted += 1;
    }
    if (admitted > 0) waiting = waiting.slice(admitted);
  };
  const tellFinishers = (): void => {
    for (const finished of finishers) finished();
    finishers = [];
  };
  const flush = (): void => {
    flushing = false;
    do {
      admitWaiting();
      seal();
      writeWhatMay();
    } while (write !== undefined && waiting[0] !== undefined && fits(waiting[0].bytes));
    announceRoom();
    if (unwrittenBytes === 0 && waiting.length === 0) tellFinishers();
  };
  // Whatever is sent in one callback of the event loop, and by the promises that it settles, shares
  // a message.
  const flushSoon = (): void => {
    if (flushing || write === undefined) return;
    flushing = true;
    nextTick(flush);
  };
  const failUnwritten = (error: NodeError): void => {
    const lost = [...unwritten, filling];
    const waiters = waiting;
    unwritten = [];
    filling = createBatch(0);
    unwrittenBytes = 0;
    waiting = [];
    waitingBytes = 0;
    for (const batch of lost) batch.rejectAll(error);
    for (const { settler } of waiters) settler.reject(error);
    const wanting = roomWaiters;
    roomWaiters = [];
    for (const waiter of wanting) waiter.reject(error);
    tellFinishers();
  };
  const failWritten = (): void => {
    const lost = written;
    written = [];
    unacceptedBytes = 0;
    nextNumber = 1;
    const error = new NodeError(
      "OUTCOME_UNKNOWN",
      "the connection to the daemon broke before it answered: the message was sent once or not at all",
    );
    for (const batch of lost) batch.rejectAll(error);
  };
  const holding = (number: number): Batch | undefined =>
    written.find(
      (batch) => number >= batch.firstNumber && number < batch.firstNumber + batch.count,
    );

  const leaveLine = (next: Waiting): void => {
    const place = waiting.indexOf(next);
    if (place < 0) return;
    waiting.splice(place, 1);
    waitingBytes -= next.bytes;
  };
  const waitInLine = (
    to: Address,
    payload: Uint8Array,
    settler: Settler,
    signal: AbortSignal | undefined,
  ): void => {
    const bytes = encodedDatagramBytes(payload.length);
    const next: Waiting = {
      to,
      payload: Uint8Array.from(payload),
      bytes,
      settler: abortable(settler, signal, () => leaveLine(next)),
    };
    waiting.push(next);
    waitingBytes += bytes;
  };

  return {
    trySend(to, payload) {
      const bytes = encodedDatagramBytes(payload.length);
      if (refuse !== undefined || !hasRoom(bytes)) return false;
      append(to, payload, bytes);
      flushSoon();
      return true;
    },
    send(to, payload, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        if (refuse !== undefined) return reject(refuse);
        const bytes = encodedDatagramBytes(payload.length);
        if (hasRoom(bytes)) {
          append(to, payload, bytes).waitForLast(abortable({ resolve, reject }, signal));
        } else if (waitingBytes + bytes > WAITING_BYTES) {
          return reject(tooMuchWaiting());
        } else {
          waitInLine(to, payload, { resolve, reject }, signal);
        }
        flushSoon();
      });
    },
    room(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        if (refuse !== undefined) return reject(refuse);
        if (waiting.length === 0 && unwrittenBytes <= UNWRITTEN_BYTES / 2) return resolve();
        const waiter = abortable({ resolve, reject }, signal, () => {
          roomWaiters = roomWaiters.filter((other) => other !== waiter);
        });
        roomWaiters.push(waiter);
      });
    },
    connected(writeMessage) {
      write = writeMessage;
      refuse = finishing;
      flush();
    },
    disconnected() {
      write = undefined;
      failWritten();
    },
    giveUp(error) {
      refuse = error;
      failUnwritten(error);
    },
    accepted(through) {
      let done = 0;
      for (const batch of written) {
        const next = batch.firstNumber + batch.count;
        batch.resolveThrough(through);
        if (next > through + 1) break;
        unacceptedBytes -= batch.bytes;
        batch.release();
        done += 1;
      }
      if (done > 0) {
        written = written.slice(done);
        flush();
      }
    },
    failed(number, reason) {
      const error = new NodeError(reason, `the daemon refused the message: ${reason}`);
      if (holding(number)?.reject(number, error) !== true) onRefused(reason);
    },
    finish(error) {
      finishing = error;
      refuse = error;
      return new Promise((resolve) => {
        finishers.push(resolve);
        if (write === undefined) failUnwritten(error);
        else flush();
      });
    },
    end(error) {
      refuse = error;
      write = undefined;
      failWritten();
      failUnwritten(error);
    },
  };
}

function tooMuchWaiting(): NodeError {
  return new NodeError(
    "LIMIT_BYTES",
    `more than ${WAITING_BYTES} bytes wait to be sent: await some of the earlier sends first`,
  );
}
