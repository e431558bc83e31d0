// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A client of the API without any manners of its own: it sends what it is given, reads when it is
 * told, and keeps what it hears. Every client has a connection to itself.
 */
import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { type ClientDuplexStream, credentials, Metadata, status } from "@grpc/grpc-js";
import type { NodeErrorReason, PrivateKey } from "@inet256/client";
import { createGrpcCaller, errorOfStatus, type GrpcCaller } from "@inet256/client/grpc";
import {
  AdminService,
  ConnectRequestSchema,
  type ConnectResponse,
  ConnectResponseSchema,
  NodeService,
} from "@inet256/proto";
import { until } from "./until.js";

/** How a call ended. */
export interface Ending {
  readonly code: status;
  /** By its ErrorInfo; undefined when it ended well. */
  readonly reason: NodeErrorReason | undefined;
  readonly message: string;
}

/** A stream of Connect. */
export interface RawStream {
  /** Sends bytes as they are. */
  raw(bytes: Uint8Array): void;
  /** Sends a request. */
  send(request: MessageInitShape<typeof ConnectRequestSchema>): void;
  /** Half-closes. */
  end(): void;
  cancel(): void;
  /** Stops reading; what comes then stays with the daemon. */
  pause(): void;
  resume(): void;
  /** What has been read, decoded. */
  readonly heard: readonly ConnectResponse[];
  /** Payloads that have been read. */
  readonly payloads: readonly Buffer[];
  /** The highest number accepted. */
  readonly acceptedThrough: number;
  /** How it ended; undefined until then. */
  readonly ended: Ending | undefined;
  /** The session token; empty until it is open. */
  readonly token: string;
  /** The node's address; empty until it is open. */
  readonly address: Uint8Array;
}

/** A client. */
export interface RawClient {
  /** Opens a stream and sends nothing. */
  stream(): RawStream;
  /** Opens a stream with this key; resolves when the node is open. */
  open(key: PrivateKey, options?: { readonly inboxBytes?: number }): Promise<RawStream>;
  /** Calls a unary method; resolves with the response or how it ended, never rejects. */
  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    metadata?: Readonly<Record<string, string>>,
  ): Promise<MessageShape<O> | Ending>;
  readonly caller: GrpcCaller;
  /** Cancels every stream and closes the connection. */
  close(): void;
}

/** Whether a call failed, by what it resolved with. */
export function failed(answer: object): answer is Ending {
  return "code" in answer && "reason" in answer;
}

/** A client of the daemon at this socket; `options` are grpc-js's. */
export function createRawClient(
  socketPath: string,
  options: Readonly<Record<string, string | number>> = {},
): RawClient {
  const caller = createGrpcCaller(`unix:${socketPath}`, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
    "grpc.enable_retries": 0,
    ...options,
  });
  const streams: RawStream[] = [];
  const stream = (): RawStream => {
    const made = createRawStream(caller.rawBidi(NodeService.method.connect, new Metadata()));
    streams.push(made);
    return made;
  };
  return {
    caller,
    stream,
    async open(key, openOptions = {}) {
      const opened = stream();
      const value = key.serialize();
      opened.send({ open: { key: { key: { case: "privateKey", value } }, options: openOptions } });
      await until("the node is open", () => opened.token !== "" || opened.ended !== undefined);
      if (opened.ended !== undefined) throw new Error(`not open: ${opened.ended.message}`);
      return opened;
    },
    call: (method, request, metadata = {}) =>
      new Promise((resolve) => {
        const sent = new Metadata();
        for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
        caller.unary(method, request, sent, (error, response) => {
          if (error !== null) resolve(endingOf(error));
          else if (response !== undefined) resolve(response);
        });
      }),
    close() {
      for (const { cancel } of streams) cancel();
      caller.client.close();
    },
  };
}

function endingOf(failure: Parameters<typeof errorOfStatus>[0]): Ending {
  const code = failure.code ?? status.UNKNOWN;
  if (code === status.OK) return { code, reason: undefined, message: "" };
  const { reason, message } = errorOfStatus(failure);
  return { code, reason, message };
}

function createRawStream(call: ClientDuplexStream<Buffer, Buffer>): RawStream {
  const heard: ConnectResponse[] = [];
  let ended: Ending | undefined;
  call.on("data", (message: Buffer) => heard.push(fromBinary(ConnectResponseSchema, message)));
  // Without it grpc-js would throw; what it says comes with the status too.
  call.on("error", () => {});
  call.on("status", (how) => {
    ended = endingOf(how);
  });
  const raw = (bytes: Uint8Array): void => {
    call.write(Buffer.from(bytes));
  };
  return {
    raw,
    send: (request) => raw(toBinary(ConnectRequestSchema, create(ConnectRequestSchema, request))),
    end: () => void call.end(),
    cancel: () => call.cancel(),
    pause: () => void call.pause(),
    resume: () => void call.resume(),
    heard,
    get payloads() {
      return heard.flatMap(({ datagrams }) => datagrams.map(({ payload }) => Buffer.from(payload)));
    },
    get acceptedThrough() {
      return Math.max(0, ...heard.map(({ acceptedThrough }) => Number(acceptedThrough)));
    },
    get ended() {
      return ended;
    },
    get token() {
      return heard[0]?.opened?.session ?? "";
    },
    get address() {
      return heard[0]?.opened?.address ?? new Uint8Array(0);
    },
  };
}

/** A daemon's status over its API, with its counters by name. */
export async function statusOf(client: RawClient): Promise<{
  readonly nodes: number;
  readonly clients: number;
  readonly streams: number;
  readonly queuedBytes: number;
  readonly counters: Readonly<Record<string, number>>;
}> {
  const answer = await client.call(AdminService.method.getStatus, {});
  if (failed(answer)) throw new Error(`no status: ${answer.message}`);
  const { nodes, clients, streams, queuedBytes, counters } = answer;
  return {
    nodes,
    clients,
    streams,
    queuedBytes: Number(queuedBytes),
    counters: Object.fromEntries(counters.map(({ name, value }) => [name, Number(value)])),
  };
}
