// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * NodeService.Receive: a session without a stream takes messages by asking. Invariant: at most
 * MAX_WAITING_RECEIVES calls wait at a session, and each message goes into one answer.
 */
import { create } from "@bufbuild/protobuf";
import { Address, NodeError } from "@inet256/client";
import { type ReceivedDatagram, ReceivedDatagramSchema } from "@inet256/proto";
import { type Clock, createDeadline, type Deadlines, type Turns } from "../core/index.js";
import { type Opening, type Reader, refusalError } from "../service/index.js";
import { MAX_RECEIVE_ANSWER_BYTES, MAX_WAITING_RECEIVES } from "./constants.js";

/** What receiving needs. */
export interface ReceiveOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly turns: Turns;
  /** Hears of the opening's end. */
  readonly onEnd?: () => void;
}

/** How much to take, and how long to wait. */
export interface ReceiveWish {
  /** Messages at most, at least 1. */
  readonly most: number;
  /** Milliseconds; undefined: until the signal. */
  readonly waitMs: number | undefined;
  readonly signal: AbortSignal;
}

/** Takes messages for one session. */
export type Receive = (wish: ReceiveWish) => Promise<readonly ReceivedDatagram[]>;

interface Waiter {
  /** Takes a message; false when it has enough. */
  readonly take: Reader;
  readonly finish: () => void;
}

// What a datagram takes in an answer beyond its payload, in bytes: address, text, tags.
const DATAGRAM_OVERHEAD_BYTES = 96;

/** A receiver on an opening that has no reader yet; it becomes its reader. */
export function createReceive(opening: Opening, options: ReceiveOptions): Receive {
  const { clock, deadlines, turns } = options;
  const waiters = new Set<Waiter>();
  opening.read((addresses, addressAt, buffer, start, end) => {
    for (const waiter of waiters) {
      if (waiter.take(addresses, addressAt, buffer, start, end)) {
        turns.atEnd(waiter.finish);
        return true;
      }
    }
    return false;
  });
  opening.onEnd(() => {
    for (const waiter of [...waiters]) waiter.finish();
    options.onEnd?.();
  });

  return ({ most, waitMs, signal }) =>
    new Promise((resolve, reject) => {
      if (waiters.size >= MAX_WAITING_RECEIVES) {
        reject(
          new NodeError("LIMIT_RATE", `at most ${MAX_WAITING_RECEIVES} calls of Receive at once`),
        );
        return;
      }
      const taken: ReceivedDatagram[] = [];
      let bytes = 0;
      const waiter: Waiter = {
        take(addresses, addressAt, buffer, start, end) {
          const size = end - start + DATAGRAM_OVERHEAD_BYTES;
          if (taken.length >= most || bytes + size > MAX_RECEIVE_ANSWER_BYTES) return false;
          bytes += size;
          // A copy: slice of a Buffer would be a view of memory that is about to be reused.
          const payload = new Uint8Array(buffer.subarray(start, end));
          taken.push(receivedDatagram(addresses, addressAt, payload));
          return true;
        },
        finish() {
          if (!waiters.delete(waiter)) return;
          deadlines.clear(timeout);
          signal.removeEventListener("abort", waiter.finish);
          const ended = opening.ended();
          if (ended === undefined) resolve(taken);
          else reject(refusalError(ended));
        },
      };
      const timeout = createDeadline(waiter.finish);
      waiters.add(waiter);
      // Whatever waits comes through the reader, to this waiter or one that was here before it.
      opening.ready();
      if (taken.length > 0 || waitMs === 0 || signal.aborted) {
        waiter.finish();
        return;
      }
      if (waitMs !== undefined) deadlines.set(timeout, clock.monotonicMs() + waitMs);
      signal.addEventListener("abort", waiter.finish, { once: true });
    });
}

function receivedDatagram(
  addresses: Uint8Array,
  at: number,
  payload: Uint8Array,
): ReceivedDatagram {
  const address = Address.fromBytes(addresses.subarray(at, at + Address.BYTES));
  return create(ReceivedDatagramSchema, {
    address: address.bytes,
    addressText: address.toString(),
    payload,
  });
}
