// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The API of a daemon: its own listener, whose connections are handed to grpc-js one by one, and
 * the services on it.
 */
import { createServer, type Server as NetServer, type Socket } from "node:net";
import { Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import { rawMethodDefinition, serviceDefinition } from "@inet256/client/grpc";
import { AdminService, health, NodeService, reflection, reflectionAlpha } from "@inet256/proto";
import {
  type Budget,
  type Clock,
  createDeadline,
  type Deadlines,
  type Logger,
  type Random,
  type Turns,
} from "../core/index.js";
import type { Crypto } from "../crypto/index.js";
import type { Control, DaemonService } from "../service/index.js";
import { createAdminHandlers } from "./admin-handlers.js";
import { type CallerLimits, createCallers } from "./callers.js";
import { createConnectHandler } from "./connect.js";
import { FLOW_CONTROL_BYTES, KEEPALIVE_MS, MAX_RECEIVE_BYTES } from "./constants.js";
import { createApiCounters, namedCounters } from "./counters.js";
import { widenConnections, widenWindows } from "./flow-control.js";
import { createHealth } from "./health.js";
import { createNodeHandlers } from "./node-handlers.js";
import { createReflectionHandler } from "./reflection.js";
import { createSessions } from "./sessions.js";
import type { ApiStatus } from "./status-message.js";
import { createStreamMaker } from "./streaming.js";
import { createUnaryMaker } from "./unary.js";
import { listenOnUnixSocket } from "./unix-socket.js";

/** What the API needs. */
export interface ApiOptions {
  readonly service: DaemonService;
  /** What operators may change. */
  readonly control: Control;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly turns: Turns;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly log: Logger;
  /** Bytes of waiting messages of all nodes and streams. */
  readonly budget: Budget;
  readonly limits: CallerLimits;
  readonly version: string;
  /** Where to listen: an absolute path. */
  readonly socketPath: string;
}

/** An API that is being served. */
export interface Api {
  readonly endpoint: string;
  /** How it is doing. */
  status(): ApiStatus;
  /** Takes no more calls, ends the streams with UNAVAILABLE, removes the socket. */
  stop(): Promise<void>;
}

const SERVED = [
  NodeService,
  AdminService,
  health.Health,
  reflection.ServerReflection,
  reflectionAlpha.ServerReflection,
];
/** Milliseconds that clients get to hear of the end before their connections are cut. */
const DRAIN_MS = 500;

/** Serves the API; resolves when it listens. Rejects with ApiError. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { log, clock, socketPath } = options;
  const counters = createApiCounters();
  const callers = createCallers(options.limits, clock, options.budget, counters);
  const sessions = createSessions(options);
  const streams = new Set<() => void>();
  const healthService = createHealth(SERVED.map(({ typeName }) => typeName));
  const endpoint = `unix://${socketPath}`;
  const unary = createUnaryMaker(callers, counters, log);
  const answering = new Set<() => void>();
  const streaming = createStreamMaker(callers, counters, log, answering);

  const grpc = new GrpcServer({
    "grpc.max_receive_message_length": MAX_RECEIVE_BYTES,
    "grpc.max_concurrent_streams": options.limits.nodesPerClient + 256,
    "grpc.keepalive_time_ms": KEEPALIVE_MS,
  });
  grpc.addService(
    { ...serviceDefinition(NodeService), connect: rawMethodDefinition(NodeService.method.connect) },
    {
      ...createNodeHandlers({ ...options, sessions, unary }),
      connect: createConnectHandler({ ...options, callers, sessions, counters, open: streams }),
    },
  );
  const status = (): ApiStatus => ({
    endpoints: [endpoint],
    clients: callers.size,
    streams: streams.size,
    counters: namedCounters(counters),
  });
  const admin = createAdminHandlers({ ...options, unary, streaming, api: status });
  grpc.addService(serviceDefinition(AdminService), { ...admin });
  grpc.addService(serviceDefinition(health.Health), { ...healthService.implementation });
  const reflect = createReflectionHandler(SERVED);
  for (const { ServerReflection } of [reflection, reflectionAlpha]) {
    grpc.addService(serviceDefinition(ServerReflection), { serverReflectionInfo: reflect });
  }

  widenWindows(grpc, FLOW_CONTROL_BYTES);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  widenConnections(grpc, FLOW_CONTROL_BYTES);
  const listener: NetServer = createServer((socket: Socket) => {
    socket.on("error", (error: NodeJS.ErrnoException) => {
      counters.connectionsBroken += 1;
      log.debug("a client's connection broke", { code: error.code });
    });
    if (callers.admit(socket)) injector.injectConnection(socket);
    else socket.destroy();
  });
  const removeSocket = await listenOnUnixSocket(listener, socketPath);
  log.info("listening", { endpoint });

  return {
    endpoint,
    status,
    async stop() {
      removeSocket();
      listener.close();
      healthService.stop();
      for (const end of [...streams, ...answering]) end();
      await drained(grpc, options);
      callers.cut();
    },
  };
}

// Resolves when every call has ended, or after DRAIN_MS.
function drained(grpc: GrpcServer, { clock, deadlines }: ApiOptions): Promise<void> {
  return new Promise((resolve) => {
    const force = createDeadline(() => grpc.forceShutdown());
    deadlines.set(force, clock.monotonicMs() + DRAIN_MS);
    grpc.tryShutdown(() => {
      deadlines.clear(force);
      resolve();
    });
  });
}
