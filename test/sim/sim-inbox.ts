// SPDX-License-Identifier: GPL-3.0-or-later

// What has arrived at a host for a transport and waits for its process: told together, those of
// one instant as one batch. The bytes are handed over in the middle of a buffer and spoilt when
// `received` returns, so that who trusts either, or keeps them without a copy, is noticed.

import type { TransportAddress, TransportSink } from "../../server/src/transport/index.js";
import type { SimAddress } from "./addresses.js";

/** A bounded queue to one sink. */
export interface SimInbox {
  /** Keeps a datagram, whose bytes are the inbox's from now on; false when there is no room. */
  take(from: SimAddress, bytes: Uint8Array): boolean;
}

/** What an inbox is made of. */
export interface SimInboxOptions {
  readonly sink: TransportSink;
  /** Bytes that wait at most. */
  readonly bound: number;
  /** Calls back at this instant, after what is under way, unless closed by then. */
  readonly tell: (call: (nowMs: number) => void) => void;
  readonly isOpen: () => boolean;
  /** Counted up. */
  readonly counters: { datagramsReceived: number; bytesReceived: number };
  readonly addressOf: (text: string) => TransportAddress | undefined;
}

/** Bytes before and behind a datagram that are none of it. */
const MARGIN_BYTES = 24;
const SPOILT = 0xdb;

/** An empty inbox. */
export function createSimInbox(options: SimInboxOptions): SimInbox {
  const { sink, bound, tell, isOpen, counters, addressOf } = options;
  let waiting: { readonly from: SimAddress; readonly bytes: Uint8Array }[] = [];
  let waitingBytes = 0;
  const deliver = (nowMs: number): void => {
    const due = waiting;
    waiting = [];
    waitingBytes = 0;
    for (const { from, bytes } of due) {
      const address = addressOf(from.text);
      if (!isOpen() || address === undefined) return;
      counters.datagramsReceived += 1;
      counters.bytesReceived += bytes.length;
      const buffer = new Uint8Array(MARGIN_BYTES + bytes.length + MARGIN_BYTES);
      buffer.set(bytes, MARGIN_BYTES);
      sink.received(buffer, MARGIN_BYTES, bytes.length, address, nowMs);
      buffer.fill(SPOILT);
    }
    if (isOpen()) sink.receivedAll(nowMs);
  };
  return {
    take(from, bytes) {
      if (waitingBytes + bytes.length > bound) return false;
      waitingBytes += bytes.length;
      if (waiting.push({ from, bytes }) === 1) tell(deliver);
      return true;
    },
  };
}
