// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A client that opens nodes and then does not read: over bare HTTP/2, for a gRPC library would go
 * on reading on its own. What the daemon writes fills the windows of 64 KiB and then stays there.
 */
import http2 from "node:http2";
import { connect } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { PrivateKey } from "@inet256/client";
import { ConnectRequestSchema, type ConnectResponse, ConnectResponseSchema } from "@inet256/proto";
import { until } from "./until.js";

/** A stream that is not read. */
export interface SilentStream {
  readonly address: Uint8Array;
  /** Sends a request; what the daemon does not read stays here. */
  send(request: Parameters<typeof create<typeof ConnectRequestSchema>>[1]): void;
  /** Sends bytes as one message. */
  raw(bytes: Uint8Array): void;
  /** Half-closes. */
  end(): void;
  /** Reads from now on. */
  read(): void;
  /** Breaks it off. */
  cancel(): void;
  /** What has been read. */
  readonly heard: readonly ConnectResponse[];
  readonly closed: boolean;
}

/** A connection whose streams are not read. */
export interface SilentClient {
  /** Opens a node; resolves when it is open, and reads no further. */
  open(key: PrivateKey): Promise<SilentStream>;
  close(): void;
}

/** A client of the daemon at this socket. */
export function createSilentClient(socketPath: string): SilentClient {
  const session = http2.connect("http://localhost", {
    createConnection: () => connect(socketPath),
  });
  session.on("error", () => {});
  return {
    async open(key) {
      const stream = startStream(session);
      const value = key.serialize();
      stream.send({ open: { key: { key: { case: "privateKey", value } } } });
      await until("the node is open", () => stream.heard.length > 0 || stream.closed);
      if (stream.closed) throw new Error("the node was not opened");
      return stream;
    },
    close: () => session.destroy(),
  };
}

function startStream(session: http2.ClientHttp2Session): SilentStream {
  const stream = session.request({
    ":method": "POST",
    ":path": "/inet256.v1.NodeService/Connect",
    "content-type": "application/grpc",
    te: "trailers",
  });
  const heard: ConnectResponse[] = [];
  let buffered: Buffer = Buffer.alloc(0);
  let closed = false;
  let silent = true;
  stream.on("error", () => {});
  stream.on("close", () => {
    closed = true;
  });
  stream.on("data", (chunk: Buffer) => {
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
    while (buffered.length >= 5) {
      const end = 5 + buffered.readUInt32BE(1);
      if (buffered.length < end) break;
      heard.push(fromBinary(ConnectResponseSchema, Uint8Array.from(buffered.subarray(5, end))));
      buffered = buffered.subarray(end);
    }
    // The first message says that the node is open; nothing behind it is read.
    if (silent && heard.length > 0) stream.pause();
  });
  const raw = (bytes: Uint8Array): void => {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(bytes.length, 1);
    if (!stream.destroyed) stream.write(Buffer.concat([head, bytes]));
  };
  return {
    send: (request) => raw(toBinary(ConnectRequestSchema, create(ConnectRequestSchema, request))),
    raw,
    end: () => void stream.end(),
    read() {
      silent = false;
      stream.resume();
    },
    cancel: () => stream.close(http2.constants.NGHTTP2_CANCEL),
    heard,
    get closed() {
      return closed;
    },
    get address() {
      return heard[0]?.opened?.address ?? new Uint8Array(0);
    },
  };
}
