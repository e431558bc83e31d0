// SPDX-License-Identifier: GPL-3.0-or-later

// A daemon that does what a test tells it to, be it wrong or rude: streams of Connect are given to
// the test one by one, unary calls are what the test makes them. It listens as the real one does.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import { keys, type NodeError, type PrivateKey } from "@inet256/client";
import {
  type Implementation,
  rawMethodDefinition,
  serviceDefinition,
  statusOfError,
} from "@inet256/client/grpc";
import {
  AdminService,
  type ConnectRequest,
  ConnectRequestSchema,
  ConnectResponseSchema,
  NodeService,
  type OpenResponse,
} from "@inet256/proto";

/** A response as the test writes it. */
export type Response = MessageInitShape<typeof ConnectResponseSchema>;

/** What an opening may be answered with. */
export type Opened = Partial<
  Pick<OpenResponse, "session" | "address" | "addressText" | "publicKey" | "mtu">
>;

/** One stream of Connect, from the daemon's side. */
export interface FakeStream {
  /** The key that the client asked to open. */
  readonly key: PrivateKey;
  /** Payloads received so far. */
  readonly received: Uint8Array[];
  /** Whether it has ended, by either side. */
  readonly over: boolean;
  /** Answers as a good daemon does when a node is open; `instead` overrides parts of it. */
  open(instead?: Opened): void;
  /** Sends a message. */
  send(response: Response): void;
  /** Sends a message of any bytes. */
  sendBytes(bytes: Uint8Array): void;
  /** Ends the stream with an error. */
  fail(error: NodeError): void;
  /** Ends the stream as if all were well. */
  end(): void;
  /** Cuts the whole connection, which may carry other streams too. */
  cut(): void;
}

/** How a daemon behaves. */
export interface Behaviour {
  /** A stream's first message has come. Default: it is opened. */
  onOpen?(stream: FakeStream): void;
  /** Datagrams have come, and are in `received`. Default: they are accepted. */
  onDatagrams?(stream: FakeStream, request: ConnectRequest): void;
  /** A stream has ended. */
  onOver?(stream: FakeStream): void;
  readonly unary?: Partial<Implementation<typeof NodeService>>;
  readonly admin?: Partial<Implementation<typeof AdminService>>;
}

/** A daemon under the test's control. */
export interface FakeDaemon {
  readonly endpoint: string;
  /** Every stream so far, in order. */
  readonly streams: readonly FakeStream[];
  /** Everything received, over all streams. */
  received(): readonly Uint8Array[];
  stop(): Promise<void>;
}

/** Starts one on a unix socket, or on a TCP port of this machine. */
export async function startFakeDaemon(
  behaviour: Behaviour,
  where: "unix" | "tcp" = "unix",
): Promise<FakeDaemon> {
  const folder = mkdtempSync(join(tmpdir(), "inet256-fake-"));
  const streams: FakeStream[] = [];
  const sockets = new Map<string, Socket>();
  const grpc = new Server();
  const connect = (call: ServerDuplexStream<Buffer, Buffer>): void => {
    serveStream(call, behaviour, streams, () => sockets.get(call.getPeer())?.destroy());
  };
  grpc.addService(
    { ...serviceDefinition(NodeService), connect: rawMethodDefinition(NodeService.method.connect) },
    { ...behaviour.unary, connect },
  );
  grpc.addService(serviceDefinition(AdminService), { ...behaviour.admin });
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer((socket) => {
    // grpc-js names a connection by its remote address, which a unix socket has not.
    const name = `client-${sockets.size + 1}`;
    Object.defineProperty(socket, "remoteAddress", { value: name });
    sockets.set(name, socket);
    socket.on("error", () => {});
    injector.injectConnection(socket);
  });
  const path = join(folder, "socket");
  await new Promise<void>((resolve) => {
    if (where === "unix") listener.listen(path, resolve);
    else listener.listen(0, "127.0.0.1", resolve);
  });
  const address = listener.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    endpoint: where === "unix" ? `unix://${path}` : `tcp://127.0.0.1:${port}`,
    streams,
    received: () => streams.flatMap(({ received }) => received),
    async stop() {
      const closed = new Promise((resolve) => listener.close(resolve));
      grpc.forceShutdown();
      for (const socket of sockets.values()) socket.destroy();
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serveStream(
  call: ServerDuplexStream<Buffer, Buffer>,
  behaviour: Behaviour,
  streams: FakeStream[],
  cut: () => void,
): void {
  let stream: FakeStream | undefined;
  let over = false;
  const finish = (): void => {
    if (over) return;
    over = true;
    if (stream !== undefined) behaviour.onOver?.(stream);
  };
  const sendBytes = (bytes: Uint8Array): void => void (over || call.write(Buffer.from(bytes)));
  const newStream = (key: PrivateKey): FakeStream => ({
    key,
    received: [],
    get over() {
      return over;
    },
    open: (instead = {}) =>
      stream?.send({ opened: { ...openedWith(key, streams.length), ...instead } }),
    send: (response) =>
      sendBytes(toBinary(ConnectResponseSchema, create(ConnectResponseSchema, response))),
    sendBytes,
    fail(error) {
      if (!over) call.emit("error", statusOfError(error));
      finish();
    },
    end() {
      if (!over) call.end();
      finish();
    },
    cut() {
      finish();
      cut();
    },
  });
  call.on("data", (message: Buffer) => {
    if (over) return;
    const request = fromBinary(ConnectRequestSchema, message);
    if (stream === undefined) {
      const serialized = request.open?.key?.key.value ?? new Uint8Array();
      stream = newStream(keys.parsePrivateKey(serialized));
      streams.push(stream);
      if (behaviour.onOpen === undefined) stream.open();
      else behaviour.onOpen(stream);
      return;
    }
    // The bytes are views of the message: copied, for the test looks at them later.
    for (const { payload } of request.datagrams) stream.received.push(Uint8Array.from(payload));
    if (behaviour.onDatagrams !== undefined) behaviour.onDatagrams(stream, request);
    else stream.send({ acceptedThrough: BigInt(stream.received.length) });
  });
  call.on("end", () => {
    call.end();
    finish();
  });
  call.on("cancelled", finish);
  call.on("error", finish);
}

/** What a good daemon answers to an opening. */
function openedWith(key: PrivateKey, number: number): Opened {
  return {
    session: number.toString(16).padStart(64, "0"),
    address: key.address.bytes,
    addressText: key.address.toString(),
    publicKey: key.publicKey.serialize(),
    mtu: 65_535,
  };
}
