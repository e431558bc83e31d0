// SPDX-License-Identifier: Apache-2.0

/**
 * The one connection that all nodes of a client share: its channel, how to wait until the daemon
 * is back, and how many nodes may be reopened at once.
 */
import { connectivityState, Metadata } from "@grpc/grpc-js";
import { RECONNECT_FIRST_MS, RECONNECT_MOST_MS, REOPEN_AT_ONCE } from "./constants.js";
import type { Shown } from "./credentials.js";
import { type Endpoint, formatEndpoint } from "./endpoint.js";
import { createGrpcCaller, errorOfStatus, type GrpcCaller } from "./grpc/index.js";
import { NodeError } from "./reasons.js";

/** A channel to a daemon. */
export interface Connection {
  readonly endpoint: Endpoint;
  readonly caller: GrpcCaller;
  /** Resolves when the daemon can be reached again; rejects once the connection is closed. */
  whenReady(): Promise<void>;
  /** Runs `task` when fewer than REOPEN_AT_ONCE others run. */
  inTurn<T>(task: () => Promise<T>): Promise<T>;
  /** What a failed call means, with words about where the daemon was expected. */
  explain(failure: Parameters<typeof errorOfStatus>[0]): NodeError;
  /** Calls the listener once when the connection is closed; returns how to forget it. */
  onClose(listener: (error: NodeError) => void): () => void;
  close(): void;
  readonly closed: boolean;
}

const KIBIBYTE = 1024;

// grpc-js buffers nothing for retries, tries again soon, and shares no connection between clients.
const CHANNEL_OPTIONS = {
  "grpc.enable_retries": 0,
  "grpc.initial_reconnect_backoff_ms": RECONNECT_FIRST_MS,
  "grpc.max_reconnect_backoff_ms": RECONNECT_MOST_MS,
  "grpc.use_local_subchannel_pool": 1,
  "grpc.service_config_disable_resolution": 1,
  "grpc.client_idle_timeout_ms": 0x7fffffff,
  "grpc.enable_http_proxy": 0,
  // Far above a stream message: the status of a daemon with a thousand peers.
  "grpc.max_receive_message_length": 4 * 1024 * KIBIBYTE,
  // Less than a unix socket holds: Node does not read a connection while a write to it is
  // incomplete, so two ends with more than that to write would wait for each other for ever.
  "grpc-node.flow_control_window": 128 * KIBIBYTE,
};

/** Makes a connection; nothing is connected before the first call. */
export function createConnection(endpoint: Endpoint, shown: Shown): Connection {
  const target =
    endpoint.kind === "unix" ? `unix://${endpoint.path}` : `dns:${endpoint.host}:${endpoint.port}`;
  const plain = createGrpcCaller(target, shown.channel, {
    ...CHANNEL_OPTIONS,
    ...shown.options,
  });
  const caller = withAuthorization(plain, shown.authorization);
  let closed = false;
  let ready: Promise<void> | undefined;
  let running = 0;
  const queue: (() => void)[] = [];
  const closeListeners = new Set<(error: NodeError) => void>();

  const attempt = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (closed) {
          reject(clientClosedError());
          return;
        }
        const channel = caller.client.getChannel();
        const state = channel.getConnectivityState(true);
        if (state === connectivityState.READY) resolve();
        else channel.watchConnectivityState(state, Date.now() + RECONNECT_MOST_MS, look);
      };
      look();
    });
  const release = (): void => {
    running -= 1;
    queue.shift()?.();
  };

  return {
    endpoint,
    caller,
    whenReady() {
      ready ??= attempt().finally(() => {
        ready = undefined;
      });
      return ready;
    },
    async inTurn(task) {
      if (running >= REOPEN_AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve));
      running += 1;
      try {
        return await task();
      } finally {
        release();
      }
    },
    explain(failure) {
      const error = errorOfStatus(failure);
      if (error.reason !== "UNAVAILABLE") return error;
      return new NodeError(
        "UNAVAILABLE",
        `no daemon answers at ${formatEndpoint(endpoint)} (${error.message})`,
        { cause: failure },
      );
    },
    onClose(listener) {
      closeListeners.add(listener);
      return () => closeListeners.delete(listener);
    },
    close() {
      closed = true;
      for (const listener of [...closeListeners]) listener(clientClosedError());
      caller.client.close();
    },
    get closed() {
      return closed;
    },
  };
}

/** The same calls, each showing this. */
function withAuthorization(caller: GrpcCaller, authorization: string | undefined): GrpcCaller {
  if (authorization === undefined) return caller;
  const show = (metadata: Metadata): Metadata => {
    const shown = metadata.clone();
    shown.set("authorization", authorization);
    return shown;
  };
  return {
    client: caller.client,
    unary: (method, request, metadata, done) => caller.unary(method, request, show(metadata), done),
    rawBidi: (method, metadata) => caller.rawBidi(method, show(metadata)),
    serverStream: (method, request, metadata) =>
      caller.serverStream(method, request, show(metadata)),
  };
}

/** What every call says after the client was closed. */
export function clientClosedError(): NodeError {
  return new NodeError("NODE_CLOSED", "the client has been closed");
}

/** The metadata of calls that take a session. */
export function sessionMetadata(session: string): Metadata {
  const metadata = new Metadata();
  metadata.set("inet256-session", session);
  return metadata;
}
