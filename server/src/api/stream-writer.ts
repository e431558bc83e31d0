// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What a daemon writes to one Connect stream: gathers messages during a turn of the event loop
 * and writes them at its end. Invariant: what it holds is taken from the caller's budget, and is
 * at most STREAM_PENDING_BYTES and one batch; a client that stops reading costs no more.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import type { NodeErrorReason } from "@inet256/client";
import {
  encodedDatagramBytes,
  MAX_ACCEPTED_THROUGH_BYTES,
  MAX_STREAM_MESSAGE_BYTES,
  reasonNumber,
  writeAcceptedThrough,
  writeDatagram,
} from "@inet256/client/grpc";
import { ConnectResponseSchema, type OpenResponse, type Reason } from "@inet256/proto";
import type { Budget, Turns } from "../core/index.js";
import type { Reader } from "../service/index.js";
import { CHUNK_BYTES, giveChunk, takeChunk } from "./chunk-memory.js";
import {
  FRAME_BYTES,
  LARGE_CHUNK_BYTES,
  SMALLEST_CHUNK_BYTES,
  STREAM_PENDING_BYTES,
} from "./constants.js";
import type { WriteMessage } from "./framing.js";

/** The writing half of a stream. */
export interface StreamWriter {
  /** The first message. */
  opened(response: OpenResponse): void;
  /** Takes a message for the client; false: no room until `onRoom`. */
  readonly deliver: Reader;
  /** Everything up to this number has been dealt with. */
  accepted(through: number): void;
  /** The same, said with whatever is written next. */
  acceptedSilently(through: number): void;
  /** One datagram was refused. */
  failed(number: number, reason: NodeErrorReason): void;
  /**
   * Writes what is gathered; afterwards nothing is written. What is on its way stays in the budget
   * until the client has read it, or is gone: else a client could leave one unread stream after
   * the other behind, for which nobody counts.
   */
  finish(): void;
  /** The client is gone, and what was on its way to it: gives back every byte. */
  gone(): void;
  /** Whether the client reads so slowly that it should not be read either. */
  congested(): boolean;
}

/** What a writer needs. */
export interface StreamWriterOptions {
  readonly write: WriteMessage;
  readonly budget: Budget;
  readonly turns: Turns;
  /** There is room again, after a refusal or after `congested` was true. */
  readonly onRoom: () => void;
  /** A message was lost because no memory was to be had. */
  readonly onLost: () => void;
  /** There is no memory for what must be said: the stream has to end. */
  readonly onOverrun: () => void;
  /** How many messages for the node have been lost in its inbox. */
  readonly lost: () => number;
}

// A batch leaves room for the acceptance behind it.
const MOST_DATAGRAM_BYTES = MAX_STREAM_MESSAGE_BYTES - MAX_ACCEPTED_THROUGH_BYTES;

/** Failures in one message; each takes at most 16 bytes. */
const MOST_FAILURES = 4096;

/** A writer that has written nothing. */
export function createStreamWriter(options: StreamWriterOptions): StreamWriter {
  const { budget, turns } = options;
  // With room for a frame before the message.
  let chunk: Buffer | undefined;
  let used = FRAME_BYTES;
  let usual = SMALLEST_CHUNK_BYTES;
  let pending = 0;
  let held = 0;
  let refusing = false;
  let waiting = false;
  let scheduled = false;
  let finished = false;
  let gone = false;
  let accepted = 0;
  let acceptedWritten = 0;
  let failures: { number: bigint; reason: Reason }[] = [];
  let lostWritten = 0;

  const release = (bytes: number): void => {
    if (gone) return;
    held -= bytes;
    budget.give(bytes);
  };
  const write = (framed: Buffer, memory?: Buffer): void => {
    pending += framed.length;
    options.write(framed, () => {
      pending -= framed.length;
      if (memory !== undefined) {
        release(memory.length);
        giveChunk(memory);
      }
      if (!(refusing || waiting) || pending >= STREAM_PENDING_BYTES || finished) return;
      refusing = false;
      waiting = false;
      options.onRoom();
    });
  };
  // Makes room for `bytes` more; false when the budget forbids.
  const reserve = (bytes: number): boolean => {
    const have = chunk?.length ?? 0;
    if (used + bytes <= have) return true;
    const wanted = Math.max(2 * have, usual, used + bytes);
    const size = wanted > LARGE_CHUNK_BYTES ? CHUNK_BYTES : wanted;
    if (!budget.take(size - have)) return false;
    held += size - have;
    const larger = takeChunk(size);
    chunk?.copy(larger, 0, 0, used);
    chunk = larger;
    return true;
  };
  // What must be said and finds no room ends the stream: an outcome is never kept silent, and no
  // acceptance may cover one that was not said.
  const writeAccounted = (framed: Buffer): void => {
    if (budget.take(framed.length)) {
      held += framed.length;
      write(framed, framed);
    } else {
      failures = [];
      acceptedWritten = Number.POSITIVE_INFINITY;
      options.onOverrun();
    }
  };
  // Failures go before the acceptance that covers them.
  const writeRare = (): void => {
    const lost = options.lost();
    while (failures.length > 0 || lost !== lostWritten) {
      const message = create(ConnectResponseSchema, {
        failed: failures.slice(0, MOST_FAILURES),
        lost: lost === lostWritten ? 0n : BigInt(lost),
      });
      failures = failures.slice(MOST_FAILURES);
      lostWritten = lost;
      const bytes = withRoom(toBinary(ConnectResponseSchema, message));
      // A client that loses messages for lack of memory does not lose its stream for hearing so.
      if (message.failed.length > 0) writeAccounted(bytes);
      else write(bytes);
    }
  };
  // Behind the datagrams, where deliver has left room for it, or alone.
  const writeAcceptance = (): void => {
    acceptedWritten = accepted;
    if (chunk !== undefined) {
      used = writeAcceptedThrough(chunk, used, accepted);
      return;
    }
    const alone = Buffer.allocUnsafeSlow(FRAME_BYTES + MAX_ACCEPTED_THROUGH_BYTES);
    write(alone.subarray(0, writeAcceptedThrough(alone, FRAME_BYTES, accepted)));
  };
  const flush = (): void => {
    scheduled = false;
    if (finished) return;
    writeRare();
    if (accepted > acceptedWritten) writeAcceptance();
    if (chunk === undefined || used === FRAME_BYTES) return;
    const memory = chunk;
    const framed = memory.subarray(0, used);
    usual = Math.max(SMALLEST_CHUNK_BYTES, used);
    chunk = undefined;
    used = FRAME_BYTES;
    write(framed, memory);
  };
  const flushAtEnd = (): void => {
    if (scheduled) return;
    scheduled = true;
    turns.atEnd(flush);
  };

  return {
    opened(response) {
      const message = create(ConnectResponseSchema, { opened: response });
      write(withRoom(toBinary(ConnectResponseSchema, message)));
    },
    deliver(addresses, addressAt, buffer, start, end) {
      if (finished || refusing) return false;
      const bytes = encodedDatagramBytes(end - start);
      if (used + bytes > MOST_DATAGRAM_BYTES) flush();
      if (pending >= STREAM_PENDING_BYTES) {
        refusing = true;
        return false;
      }
      if (!reserve(bytes + MAX_ACCEPTED_THROUGH_BYTES)) {
        // Nothing pending would ever wake it: then the message is lost rather than stuck.
        refusing = pending > 0 || used > FRAME_BYTES;
        if (!refusing) options.onLost();
        return !refusing;
      }
      if (chunk !== undefined) {
        used = writeDatagram(chunk, used, addresses, addressAt, buffer, start, end);
      }
      flushAtEnd();
      return true;
    },
    accepted(through) {
      accepted = through;
      flushAtEnd();
    },
    acceptedSilently(through) {
      accepted = through;
    },
    failed(number, reason) {
      failures.push({ number: BigInt(number), reason: reasonNumber(reason) });
      flushAtEnd();
    },
    finish() {
      if (finished) return;
      flush();
      finished = true;
      // Without a byte in it, it was not written.
      if (chunk !== undefined) release(chunk.length);
      chunk = undefined;
    },
    gone() {
      this.finish();
      release(held);
      gone = true;
    },
    congested() {
      const full = pending >= STREAM_PENDING_BYTES;
      if (full) waiting = true;
      return full;
    },
  };
}

function withRoom(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafeSlow(FRAME_BYTES + message.length);
  framed.set(message, FRAME_BYTES);
  return framed;
}
