// SPDX-License-Identifier: Apache-2.0

/**
 * One stream of NodeService.Connect: sends the opening, decodes what comes, and says how it
 * ended. It knows nothing of reopening.
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import {
  ConnectRequestSchema,
  type ConnectResponse,
  ConnectResponseSchema,
  NodeService,
  type OpenResponse,
} from "@inet256/proto";
import type { Connection } from "./connection.js";
import { ADDRESS_BYTES, createDatagramIndex, reasonOfNumber, scanResponse } from "./grpc/index.js";
import type { DatagramBatch } from "./node.js";
import { NodeError, type NodeErrorReason } from "./reasons.js";
import { type AddressReader, createWireBatch } from "./wire-batch.js";

/** What happens on a stream, in this order: opened, then any of the middle ones, then ended. */
export interface StreamEvents {
  opened(response: OpenResponse): void;
  /** A batch, and the bytes of memory it holds. */
  arrived(batch: DatagramBatch, bytes: number): void;
  failed(number: number, reason: NodeErrorReason): void;
  accepted(through: number): void;
  /** The daemon's count of lost datagrams. */
  lost(total: number): void;
  /** Once, whatever happened before; undefined when it ended as it should after `finish`. */
  ended(error: NodeError | undefined): void;
}

/** A stream that has been started. */
export interface ConnectStream {
  /** Writes one message of datagrams. */
  write(message: Buffer): void;
  /** Says that no more will come; the daemon then closes the node and ends the stream. */
  finish(): void;
  /** Breaks it off. */
  cancel(): void;
}

// One scan runs at a time, and its result is copied into the batch.
const index = createDatagramIndex();

/** Starts a stream that opens the node of the serialized private key, which is wiped. */
export function startConnectStream(
  connection: Connection,
  privateKey: Uint8Array,
  inboxBytes: number,
  readAddress: AddressReader,
  events: StreamEvents,
): ConnectStream {
  const stream = connection.caller.rawBidi(NodeService.method.connect, new Metadata());
  let opened = false;
  let over = false;

  const end = (error: NodeError | undefined): void => {
    if (over) return;
    over = true;
    events.ended(error);
  };
  const onMessage = (message: Buffer): void => {
    if (over) return;
    if (opened && scanResponse(message, index)) {
      if (index.count > 0) {
        events.arrived(createWireBatch(message, index, readAddress), message.length);
      }
      if (index.acceptedThrough > 0) events.accepted(index.acceptedThrough);
      return;
    }
    const response = fromBinary(ConnectResponseSchema, message);
    if (!opened) {
      opened = true;
      if (response.opened === undefined) throw new TypeError("the first message opens nothing");
      events.opened(response.opened);
    }
    deliverResponse(response, message.length, events, readAddress);
  };
  stream.on("data", (message: Buffer) => {
    try {
      onMessage(message);
    } catch (cause) {
      end(new NodeError("INTERNAL", "the daemon sent a message that cannot be read", { cause }));
      stream.cancel();
    }
  });
  stream.on("error", (error: ServiceError) => end(connection.explain(error)));
  stream.on("status", (ended) => {
    end(ended.code === status.OK ? undefined : connection.explain(ended));
  });

  const options = { inboxBytes, acceptLazily: true };
  const open = toBinary(
    ConnectRequestSchema,
    create(ConnectRequestSchema, {
      open: { key: { key: { case: "privateKey", value: privateKey } }, options },
    }),
  );
  privateKey.fill(0);
  stream.write(Buffer.from(open.buffer, open.byteOffset, open.byteLength), () => open.fill(0));

  return {
    write: (message) => void stream.write(message),
    finish: () => stream.end(),
    cancel: () => stream.cancel(),
  };
}

// What the scanner does not read: rare fields, or an encoder with other habits.
function deliverResponse(
  response: ConnectResponse,
  bytes: number,
  events: StreamEvents,
  readAddress: AddressReader,
): void {
  const { datagrams } = response;
  if (datagrams.length > 0) {
    for (const { address } of datagrams) {
      if (address.length !== ADDRESS_BYTES) throw new TypeError("an address is not 32 bytes");
    }
    events.arrived(
      {
        length: datagrams.length,
        source: (i) => readAddress(entry(datagrams, i).address, 0),
        payload: (i) => entry(datagrams, i).payload,
        *[Symbol.iterator]() {
          for (const d of datagrams)
            yield { source: readAddress(d.address, 0), payload: d.payload };
        },
      },
      bytes,
    );
  }
  for (const { number, reason } of response.failed) {
    events.failed(Number(number), reasonOfNumber(reason));
  }
  if (response.acceptedThrough > 0n) events.accepted(Number(response.acceptedThrough));
  if (response.lost > 0n) events.lost(Number(response.lost));
}

function entry<T>(list: readonly T[], i: number): T {
  const found = list[i];
  if (found === undefined) throw new RangeError(`no message ${i} in a batch of ${list.length}`);
  return found;
}
