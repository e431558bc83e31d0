// SPDX-License-Identifier: GPL-3.0-or-later

// The writing half of a stream whose other end reads only when told: what was written to it, in
// order, decoded, and what of it has been taken.

import { fromBinary } from "@bufbuild/protobuf";
import { type ConnectResponse, ConnectResponseSchema } from "@inet256/proto";
import { FRAME_BYTES } from "../../../server/src/api/constants.js";
import type { WriteMessage } from "../../../server/src/api/framing.js";

/** A call that remembers. */
export interface FakeCall {
  /** Takes what has room for a frame before it. */
  readonly write: WriteMessage;
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
  const waiting: { readonly bytes: number; readonly take: () => void }[] = [];
  return {
    written,
    write(framed, done) {
      const now = Uint8Array.from(framed);
      written.push(fromBinary(ConnectResponseSchema, now.subarray(FRAME_BYTES)));
      const take = (): void => {
        // It is written from where it lies: until then that must be left alone.
        if (!framed.equals(now)) throw new Error("a message was overwritten before it was written");
        done();
      };
      waiting.push({ bytes: framed.length, take });
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
        next.take();
      }
      return read;
    },
  };
}
