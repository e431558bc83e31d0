// SPDX-License-Identifier: GPL-3.0-or-later

// The writing half of a stream whose other end reads only when told: what was written to it, in
// order, decoded, and what of it has been taken.

import { fromBinary } from "@bufbuild/protobuf";
import { type ConnectResponse, ConnectResponseSchema } from "@inet256/proto";

/** A call that remembers. */
export interface FakeCall {
  /** As a grpc-js call takes it. */
  write(message: Buffer, done?: unknown): boolean;
  /** Every message written so far, decoded when it was written. */
  readonly written: readonly ConnectResponse[];
  /** Bytes of messages that were written and not read yet. */
  readonly unread: number;
  /** How many messages were written and not read yet. */
  readonly waiting: number;
  /** The client reads so many messages, the oldest first; returns how many there were. */
  read(count?: number): number;
}

/** A call nothing was written to. */
export function createFakeCall(): FakeCall {
  const written: ConnectResponse[] = [];
  const waiting: { readonly bytes: number; readonly done: () => void }[] = [];
  return {
    written,
    write(message, done) {
      // grpc-js copies at once: what happens to the memory afterwards must not matter.
      written.push(fromBinary(ConnectResponseSchema, Uint8Array.from(message)));
      if (typeof done !== "function") throw new TypeError("done: expected a callback");
      waiting.push({ bytes: message.length, done: () => void done() });
      return true;
    },
    get unread() {
      return waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    },
    get waiting() {
      return waiting.length;
    },
    read(count = Number.POSITIVE_INFINITY) {
      let read = 0;
      for (; read < count; read++) {
        const next = waiting.shift();
        if (next === undefined) break;
        next.done();
      }
      return read;
    },
  };
}
