// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Who is calling: every connection is a caller of its own, with its own limits. grpc-js cannot
 * tell connections on a unix socket apart, so each gets a name in place of its remote address.
 */
import type { Socket } from "node:net";
import { NodeError } from "@inet256/client";
import { type Budget, type Clock, createBudget, createTokenBucket } from "../core/index.js";
import { type Allowance, createAllowance } from "./allowance.js";
import type { Audit } from "./audit.js";
import {
  CALLS_BESIDE_NODES,
  LONG_HEADER_BYTES_PER_SECOND,
  MAX_HEADER_BYTES,
  MOST_CALLS_OF_A_STRANGER,
  SHORT_HEADER_BYTES,
} from "./constants.js";
import type { ApiCounters } from "./counters.js";
import { isProved, type Origin } from "./origin.js";
import { createRates } from "./rates.js";
import type { Stranger } from "./strangers.js";

/** The limits of one caller, and of all. */
export interface CallerLimits {
  /** Connections at once. */
  readonly clients: number;
  /** New connections of one local process a second; twice as many at once. */
  readonly connectionsPerSecond: number;
  /** Nodes one caller may have open by streams. */
  readonly nodesPerClient: number;
  /** Streams of all callers together. */
  readonly streams: number;
  /** Bytes of messages waiting for one caller, inside those of all. */
  readonly queuedBytesPerClient: number;
  /** Requests, opened streams included; twice as many at once. */
  readonly requestsPerSecond: number;
  /** Requests of all callers together, beyond each one's even share. */
  readonly totalRequestsPerSecond: number;
  /** Nodes that all callers together open, beyond each one's even share. */
  readonly opensPerSecond: number;
}

/** One connection. */
export interface Caller extends Allowance {
  /** What it is called for as long as it is there. */
  readonly name: string;
  readonly origin: Origin;
  readonly budget: Budget;
  /** Calls that were refused for want of a token. */
  refusals: number;
  /** Streams that are open. */
  streams: number;
  /** Throws LIMIT_RATE when there were too many requests. */
  countRequest(): void;
  /** Throws LIMIT_RATE when too many nodes were opened, by all together. */
  countOpen(): void;
  /** Throws LIMIT_NODES when there are too many streams, of this one or of all. */
  checkStreams(): void;
  /** A stream has begun; returns how to say, once or more, that it is over. */
  begin(): () => void;
  /** It has shown a token. An error: there are too many clients. */
  prove(): NodeError | undefined;
  /** It begins a call, known or not; false: it must be cut. */
  mayBegin(): boolean;
  /** It brings so many bytes of headers with a call; false: it must be cut. */
  mayBring(headerBytes: number): boolean;
  /** Cuts the connection. */
  readonly cut: () => void;
}

/** All callers. */
export interface Callers {
  /**
   * Takes a connection in; false: there are too many, and it must be closed. A stranger becomes a
   * client when it proves that it may be one.
   */
  admit(socket: Socket, origin: Origin, stranger?: Stranger): boolean;
  /** The caller of a call, by the name that grpc-js gives as its peer. Throws UNAVAILABLE. */
  of(call: { getPeer(): string }): Caller;
  /** The same; undefined when it is gone. */
  find(call: { getPeer(): string }): Caller | undefined;
  /** Live connections that may call. */
  readonly size: number;
  /** Cuts every connection. */
  cut(): void;
}

/** What callers are made with. */
export interface CallersOptions {
  readonly limits: CallerLimits;
  readonly clock: Clock;
  /** Of all callers. */
  readonly budget: Budget;
  readonly counters: ApiCounters;
  readonly audit: Audit;
}

/** Nobody calls. */
export function createCallers({ limits, clock, budget, counters, audit }: CallersOptions): Callers {
  const callers = new Map<string, Caller>();
  const sockets = new Set<Socket>();
  const rates = createRates(limits);
  let next = 1;
  let clients = 0;
  let streams = 0;

  const full = (): boolean => clients >= limits.clients;
  const createCaller = (name: string, origin: Origin, socket: Socket, stranger?: Stranger) => {
    const mine = createTokenBucket(limits.requestsPerSecond, 2 * limits.requestsPerSecond);
    const longHeaders = createTokenBucket(
      LONG_HEADER_BYTES_PER_SECOND,
      LONG_HEADER_BYTES_PER_SECOND,
    );
    const requests = rates.requests();
    const opens = rates.opens();
    let proved = false;
    let begun = 0;
    const caller: Caller = {
      ...createAllowance(clock, limits.nodesPerClient + CALLS_BESIDE_NODES),
      name,
      origin,
      budget: createBudget(limits.queuedBytesPerClient, budget),
      refusals: 0,
      streams: 0,
      countRequest() {
        if (!mine.take(clock.monotonicMs())) {
          const most = limits.requestsPerSecond;
          throw new NodeError("LIMIT_RATE", `more than ${most} requests a second`);
        }
        if (requests.take(clock.monotonicMs())) return;
        throw new NodeError("LIMIT_RATE", "too many requests of all clients together");
      },
      countOpen() {
        if (opens.take(clock.monotonicMs())) return;
        throw new NodeError(
          "LIMIT_RATE",
          "too many nodes opened a second, by all clients together",
        );
      },
      checkStreams() {
        if (caller.streams >= limits.nodesPerClient) {
          const most = limits.nodesPerClient;
          throw new NodeError("LIMIT_NODES", `at most ${most} nodes for one client`);
        }
        if (streams < limits.streams) return;
        throw new NodeError("LIMIT_NODES", `at most ${limits.streams} streams of all clients`);
      },
      begin() {
        caller.streams += 1;
        streams += 1;
        let over = false;
        return () => {
          if (over) return;
          over = true;
          caller.streams -= 1;
          streams -= 1;
        };
      },
      prove() {
        if (proved) return undefined;
        if (full()) {
          counters.connectionsRefused += 1;
          return new NodeError("LIMIT_RATE", `at most ${limits.clients} clients at once`);
        }
        proved = true;
        clients += 1;
        stranger?.leave();
        counters.connections += 1;
        audit.connected(caller);
        socket.once("close", () => {
          clients -= 1;
          audit.gone(caller);
        });
        return undefined;
      },
      mayBegin() {
        begun += 1;
        return proved || begun <= MOST_CALLS_OF_A_STRANGER;
      },
      mayBring(headerBytes) {
        if (headerBytes > MAX_HEADER_BYTES) return false;
        const long = headerBytes - SHORT_HEADER_BYTES;
        return long <= 0 || longHeaders.take(clock.monotonicMs(), long);
      },
      cut: () => void socket.destroy(),
    };
    return caller;
  };
  const refuse = (origin: Origin): false => {
    counters.connectionsRefused += 1;
    audit.refused({ origin }, "a connection beyond the limit of clients");
    return false;
  };
  const find = (call: { getPeer(): string }): Caller | undefined => callers.get(call.getPeer());

  return {
    admit(socket, origin, stranger) {
      if (isProved(origin) && full()) return refuse(origin);
      const name = `client-${next}`;
      next += 1;
      Object.defineProperty(socket, "remoteAddress", { value: name });
      // grpc-js would put it behind the name.
      Object.defineProperty(socket, "remotePort", { value: undefined });
      const caller = createCaller(name, origin, socket, stranger);
      callers.set(name, caller);
      sockets.add(socket);
      socket.once("close", () => {
        callers.delete(name);
        sockets.delete(socket);
      });
      if (isProved(origin)) caller.prove();
      return true;
    },
    find,
    of(call) {
      const caller = find(call);
      if (caller === undefined) throw new NodeError("UNAVAILABLE", "the connection is gone");
      return caller;
    },
    get size() {
      return clients;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
