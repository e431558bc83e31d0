// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Who is calling: every connection is a caller of its own, with its own limits. grpc-js cannot
 * tell connections on a unix socket apart, so each gets a name in place of its remote address.
 */
import type { Socket } from "node:net";
import { NodeError } from "@inet256/client";
import { type Budget, type Clock, createBudget, createTokenBucket } from "../core/index.js";
import type { ApiCounters } from "./counters.js";

/** The limits of one caller. */
export interface CallerLimits {
  /** Connections at once. */
  readonly clients: number;
  /** Nodes one caller may have open by streams. */
  readonly nodesPerClient: number;
  /** Bytes of messages waiting for one caller, inside those of all. */
  readonly queuedBytesPerClient: number;
  /** Requests, opened streams included; twice as many at once. */
  readonly requestsPerSecond: number;
}

/** One connection. */
export interface Caller {
  readonly budget: Budget;
  /** Streams that are open. */
  streams: number;
  /** Throws LIMIT_RATE when there were too many requests. */
  countRequest(): void;
  /** Throws LIMIT_NODES when there are too many streams. */
  checkStreams(): void;
}

/** All callers. */
export interface Callers {
  /** Takes a connection in; false: there are too many, and it must be closed. */
  admit(socket: Socket): boolean;
  /** The caller of a call, by the name that grpc-js gives as its peer. */
  of(call: { getPeer(): string }): Caller;
  /** Live connections. */
  readonly size: number;
  /** Cuts every connection. */
  cut(): void;
}

/** Nobody calls. */
export function createCallers(
  limits: CallerLimits,
  clock: Clock,
  budget: Budget,
  counters: ApiCounters,
): Callers {
  const callers = new Map<string, Caller>();
  const sockets = new Set<Socket>();
  let next = 1;

  const createCaller = (): Caller => {
    const bucket = createTokenBucket(limits.requestsPerSecond, 2 * limits.requestsPerSecond);
    return {
      budget: createBudget(limits.queuedBytesPerClient, budget),
      streams: 0,
      countRequest() {
        if (bucket.take(clock.monotonicMs())) return;
        throw new NodeError(
          "LIMIT_RATE",
          `more than ${limits.requestsPerSecond} requests a second`,
        );
      },
      checkStreams() {
        if (this.streams < limits.nodesPerClient) return;
        throw new NodeError("LIMIT_NODES", `at most ${limits.nodesPerClient} nodes for one client`);
      },
    };
  };

  return {
    admit(socket) {
      if (callers.size >= limits.clients) {
        counters.connectionsRefused += 1;
        return false;
      }
      const name = `client-${next}`;
      next += 1;
      Object.defineProperty(socket, "remoteAddress", { value: name });
      callers.set(name, createCaller());
      sockets.add(socket);
      counters.connections += 1;
      socket.once("close", () => {
        callers.delete(name);
        sockets.delete(socket);
      });
      return true;
    },
    of(call) {
      const caller = callers.get(call.getPeer());
      if (caller === undefined) throw new NodeError("UNAVAILABLE", "the connection is gone");
      return caller;
    },
    get size() {
      return callers.size;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
