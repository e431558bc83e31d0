// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The API of a daemon: its own listener, whose connections are handed to grpc-js one by one, and
 * the services on it.
 */
import { experimental, Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
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
import { type AccessSettings, OWNER_ONLY } from "./access.js";
import { readTokens } from "./access-files.js";
import { createAdminHandlers } from "./admin-handlers.js";
import { createArrivals } from "./arrivals.js";
import { createAudit } from "./audit.js";
import { type CallerLimits, createCallers } from "./callers.js";
import { createConnectHandler } from "./connect.js";
import {
  COSTLY_AT_ONCE,
  FIRST_CALLS_AT_ONCE,
  FLOW_CONTROL_BYTES,
  IDLE_MS,
  KEEPALIVE_MS,
  MAX_HEADER_BYTES,
  MAX_RECEIVE_BYTES,
} from "./constants.js";
import { createApiCounters, namedCounters } from "./counters.js";
import { boundHeaders, http2ServersOf, widenConnections, widenWindows } from "./flow-control.js";
import { createGate } from "./gate.js";
import { createHealth } from "./health.js";
import { limitCall, limitStream } from "./limited.js";
import { startListeners } from "./listeners.js";
import { createNodeHandlers } from "./node-handlers.js";
import { isProved, type PeerProcess } from "./origin.js";
import { createPacer } from "./pacer.js";
import { createReflectionHandler } from "./reflection.js";
import { createSessions } from "./sessions.js";
import type { ApiStatus } from "./status-message.js";
import { createStrangers } from "./strangers.js";
import { watchStreams } from "./stream-watch.js";
import { createStreamMaker } from "./streaming.js";
import { createTokenCheck } from "./tokens.js";
import { createUnaryMaker } from "./unary.js";

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
  /** Descriptors of unix sockets that listen already, in place of `socketPath`. */
  readonly inheritedSockets?: readonly number[];
  /** Who may call beside the owner of the socket; undefined: nobody. */
  readonly access?: AccessSettings;
  /** The process at the other end of a unix socket's descriptor, where the system tells. */
  readonly peerOf?: (fd: number) => PeerProcess | undefined;
}

/** An API that is being served. */
export interface Api {
  readonly endpoint: string;
  /** How it is doing. */
  status(): ApiStatus;
  /** All of them, that one first. */
  readonly endpoints: readonly string[];
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
  const { log, clock, access = OWNER_ONLY } = options;
  const counters = createApiCounters();
  const audit = createAudit(log, clock);
  const callers = createCallers({ ...options, counters, audit });
  const sessions = createSessions(options);
  const streams = new Set<() => void>();
  const healthService = createHealth(SERVED.map(({ typeName }) => typeName));
  const tokens = access.tokenPath === undefined ? [] : readTokens(access.tokenPath);
  const pacer = createPacer(options, COSTLY_AT_ONCE);
  const isToken = createTokenCheck(options.crypto, tokens);
  const unary = createUnaryMaker(callers, counters, log);
  const answering = new Set<() => void>();
  const streaming = createStreamMaker(callers, counters, log, answering);

  const grpc = new GrpcServer({
    "grpc.max_receive_message_length": MAX_RECEIVE_BYTES,
    "grpc.max_concurrent_streams": FIRST_CALLS_AT_ONCE,
    "grpc.keepalive_time_ms": KEEPALIVE_MS,
    "grpc.max_connection_idle_ms": IDLE_MS,
  });
  grpc.addService(
    { ...serviceDefinition(NodeService), connect: rawMethodDefinition(NodeService.method.connect) },
    {
      ...createNodeHandlers({ ...options, sessions, unary, audit }),
      connect: createConnectHandler({
        ...options,
        callers,
        sessions,
        counters,
        audit,
        pacer,
        open: streams,
      }),
    },
  );
  const status = (): ApiStatus => ({
    endpoints: [...listeners.endpoints],
    clients: callers.size,
    streams: streams.size,
    counters: namedCounters(counters),
  });
  const admin = createAdminHandlers({ ...options, unary, streaming, api: status });
  grpc.addService(serviceDefinition(AdminService), { ...admin });
  const { check, watch } = healthService.implementation;
  grpc.addService(serviceDefinition(health.Health), {
    check: limitCall(callers, counters, check),
    watch: limitStream(callers, counters, watch),
  });
  const reflect = limitStream(callers, counters, createReflectionHandler(SERVED));
  for (const { ServerReflection } of [reflection, reflectionAlpha]) {
    grpc.addService(serviceDefinition(ServerReflection), { serverReflectionInfo: reflect });
  }

  widenWindows(grpc, FLOW_CONTROL_BYTES);
  boundHeaders(grpc, MAX_HEADER_BYTES);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const gated = grpc.createConnectionInjector(
    experimental.createServerCredentialsWithInterceptors(ServerCredentials.createInsecure(), [
      createGate({ ...options, callers, counters, audit, isToken }),
    ]),
  );
  widenConnections(grpc, FLOW_CONTROL_BYTES);
  const cutStranger = (): void => {
    counters.strangersCut += 1;
  };
  watchStreams(http2ServersOf(grpc), {
    clock,
    deadlines: options.deadlines,
    callers,
    pacer,
    cutStranger,
    cutClient() {
      counters.connectionsCut += 1;
    },
  });
  const listeners = await startListeners({
    ...options,
    access,
    inherited: options.inheritedSockets ?? [],
    peerOf: options.peerOf ?? (() => undefined),
    strangers: createStrangers(options, cutStranger),
    arrivals: createArrivals(options, options.limits.connectionsPerSecond),
    accept(socket, origin, stranger) {
      if (!callers.admit(socket, origin, stranger)) socket.destroy();
      else (isProved(origin) ? injector : gated).injectConnection(socket);
    },
    refused(origin, why) {
      counters.connectionsRefused += 1;
      audit.refused({ origin }, why);
    },
    broken(error) {
      counters.connectionsBroken += 1;
      log.debug("a client's connection broke", { code: error.code });
    },
  });
  const [endpoint = ""] = listeners.endpoints;
  for (const each of listeners.endpoints) log.info("listening", { endpoint: each });

  return {
    endpoint,
    status,
    endpoints: listeners.endpoints,
    async stop() {
      listeners.stop();
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
