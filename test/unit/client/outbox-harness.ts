// SPDX-License-Identifier: GPL-3.0-or-later

// An outbox between a made-up program and a made-up daemon: what was written, and what became of
// each send. A message is known by its number, which its payload begins with.

import { fromBinary } from "@bufbuild/protobuf";
import { Address, NodeError, type NodeErrorReason } from "@inet256/client";
import { encodedDatagramBytes, MAX_STREAM_MESSAGE_BYTES } from "@inet256/client/grpc";
import { ConnectRequestSchema } from "@inet256/proto";
import { expect } from "vitest";
import { createOutbox } from "../../../clients/ts/src/outbox.js";

/** Where everything is sent. */
export const DESTINATION = Address.fromBytes(new Uint8Array(32).fill(7));
/** Bytes of a payload that only tells its number. */
export const SMALL = 4;

/** Stands for a message too short to tell its number. */
export const NUMBERLESS = -1;

/** What became of a send: "pending", "accepted", "aborted", or a reason. */
export type Outcome = "pending" | "accepted" | "aborted" | NodeErrorReason;

/** The payload of message `id`, of `length` bytes. */
export function payloadOf(id: number, length: number = SMALL): Uint8Array {
  const payload = new Uint8Array(Math.max(SMALL, length)).fill(id & 0xff);
  new DataView(payload.buffer).setUint32(0, id);
  return payload;
}

/** How many payloads of `length` bytes one stream message holds. */
export function perMessage(length: number): number {
  return Math.floor(MAX_STREAM_MESSAGE_BYTES / encodedDatagramBytes(length));
}

/** One stream as the daemon sees it. */
export interface FakeStream {
  /** The numbers of the messages in each stream message, in order. */
  readonly messages: (readonly number[])[];
  /** Bytes of each stream message. */
  readonly sizes: number[];
  /** How many messages had been written at each time that it asked what is accepted. */
  readonly asked: number[];
}

/** An outbox under test. */
export function createHarness() {
  const refused: NodeErrorReason[] = [];
  const outbox = createOutbox((reason) => refused.push(reason));
  const outcomes = new Map<number, Outcome>();
  const streams: FakeStream[] = [];

  return {
    outbox,
    /** What onRefused was told. */
    refused,
    /** Every stream so far. */
    streams,
    /** What became of a send. */
    outcome: (id: number): Outcome | undefined => outcomes.get(id),
    /** Every message in the order it was written, over all streams. */
    written: (): readonly number[] => streams.flatMap(({ messages }) => messages.flat()),
    /** trySend of message `id`. */
    trySend: (id: number, length?: number): boolean =>
      outbox.trySend(DESTINATION, payloadOf(id, length)),
    /** send of message `id`; its outcome is noted. */
    send(id: number, length?: number, signal?: AbortSignal): void {
      outcomes.set(id, "pending");
      const note = (outcome: Outcome): void => {
        // A promise settles once, so this cannot be seen to happen twice here.
        outcomes.set(id, outcome);
      };
      outbox.send(DESTINATION, payloadOf(id, length), signal).then(
        () => note("accepted"),
        (error: unknown) => note(error instanceof NodeError ? error.reason : "aborted"),
      );
    },
    /** Opens a stream. */
    connect(): FakeStream {
      const stream: FakeStream = { messages: [], sizes: [], asked: [] };
      streams.push(stream);
      outbox.connected((message) => {
        if (message.length === 0) {
          stream.asked.push(stream.messages.length);
          return;
        }
        // Written now or never: the bytes are decoded before anybody can change them.
        const { datagrams } = fromBinary(ConnectRequestSchema, message);
        stream.sizes.push(message.length);
        stream.messages.push(
          datagrams.map(({ address, payload }) => {
            expect(Buffer.compare(address, DESTINATION.bytes)).toBe(0);
            if (payload.length < SMALL) return NUMBERLESS;
            return new DataView(payload.buffer, payload.byteOffset).getUint32(0);
          }),
        );
      });
      return stream;
    },
  };
}

/** An outbox under test. */
export type Harness = ReturnType<typeof createHarness>;

/** An error to end things with. */
export function errorOf(reason: NodeErrorReason): NodeError {
  return new NodeError(reason, `made up: ${reason}`);
}
