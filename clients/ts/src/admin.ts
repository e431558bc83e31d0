// SPDX-License-Identifier: Apache-2.0

/**
 * What an operator asks of a daemon, and changes while it runs. A daemon's answer is read, not
 * believed: an address in it that is none is a fault of the daemon.
 */
import type { DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { Metadata } from "@grpc/grpc-js";
import * as proto from "@inet256/proto";
import type { Connection } from "./connection.js";
import { type DaemonStatus, type PeerStatus, readDaemonStatus, readPeer } from "./daemon-status.js";
import { readMicros, toDuration } from "./durations.js";
import { Address } from "./identity/index.js";
import type { CallOptions } from "./node.js";
import { NodeError } from "./reasons.js";
import { serverStream } from "./server-stream.js";
import { readAnswer, unary } from "./unary.js";

/** A node that is open at a daemon. */
export interface OpenNodeStatus {
  readonly address: Address;
  /** How often it is open: programs and streams that share the address. */
  readonly openings: number;
  /** Messages that wait to be read, and the bytes that they take. */
  readonly queuedMessages: number;
  readonly queuedBytes: number;
}

/** A routing algorithm that a daemon has. */
export interface NetworkStatus {
  readonly name: string;
  /** What it is, in a sentence. */
  readonly summary: string;
  /** Whether the daemon uses it. */
  readonly used: boolean;
  /** Its options, a JSON Schema (draft 2020-12) as text. */
  readonly optionsSchema: string;
}

/** What became of a ping. */
export interface PingStatus {
  /** Which one, from 1. */
  readonly number: number;
  /** In microseconds; undefined: there was no answer in time. */
  readonly rttMicros: number | undefined;
}

/** A stop on the way to an address. */
export interface TraceStop {
  /** The peer that messages are given to, the daemon that has the address, or the address itself. */
  readonly role: "next-hop" | "router" | "node" | "unknown";
  readonly address: Address;
  /** Links away; 0: at that daemon, or not known. */
  readonly hops: number;
  /** The fastest round trip in microseconds; undefined: nothing came back. */
  readonly rttMicros: number | undefined;
}

/** How to change the peers. */
export interface PeerChangeOptions extends CallOptions {
  /** Whether the daemon's configuration file shall be changed too. Default false. */
  readonly save?: boolean;
}

/** How a daemon pings; what is left out is up to it (4 pings of 64 bytes, 1 s apart, 2 s patience). */
export interface AdminPingOptions extends CallOptions {
  /** How many pings, 1 to 1,000. */
  readonly count?: number;
  /** Bytes of each, 28 to 65,535. */
  readonly size?: number;
  /** Milliseconds between two, 10 to 60,000. */
  readonly intervalMs?: number;
  /** Milliseconds an answer is waited for, 1 to 60,000. */
  readonly timeoutMs?: number;
}

/** The operator's side of a daemon. Everything rejects with NodeError, or the signal's reason. */
export interface Admin {
  /**
   * Its status again and again, the first at once, until the loop is left. `intervalMs`: 100 to
   * 3,600,000, default 1,000.
   */
  watch(options?: CallOptions & { readonly intervalMs?: number }): AsyncIterable<DaemonStatus>;
  /** The nodes that are open, the daemon's own not included, some at a time. */
  nodes(options?: CallOptions): AsyncIterable<readonly OpenNodeStatus[]>;
  peers(options?: CallOptions): Promise<readonly PeerStatus[]>;
  /**
   * Keeps a link with a peer from now on, dialled at these addresses (`192.0.2.1:25632`), which are
   * added to those it has. BAD_REQUEST for what cannot be dialled, UNSUPPORTED_OPTION when it
   * cannot be saved.
   */
  addPeer(
    address: Address,
    transportAddresses: readonly string[],
    options?: PeerChangeOptions,
  ): Promise<void>;
  /** Ends the link with a peer. NO_SUCH_ADDRESS if there is none. */
  removePeer(address: Address, options?: PeerChangeOptions): Promise<void>;
  networks(options?: CallOptions): Promise<readonly NetworkStatus[]>;
  /** Pings from a node that the daemon opens for it. NO_SUCH_ADDRESS, UNREACHABLE. */
  ping(address: Address, options?: AdminPingOptions): AsyncIterable<PingStatus>;
  /** Pings what is known of the way to an address. `count`: 1 to 100. NO_SUCH_ADDRESS, UNREACHABLE. */
  trace(
    address: Address,
    options?: Pick<AdminPingOptions, "count" | "timeoutMs" | "signal">,
  ): AsyncIterable<TraceStop>;
  /** How much the daemon logs: trace, debug, info, warn, error or silent. */
  logLevel(options?: CallOptions): Promise<string>;
  /** Changes it, and resolves with what it was. BAD_REQUEST for a level that is none. */
  setLogLevel(level: string, options?: CallOptions): Promise<string>;
}

const ROLES: Readonly<Record<number, TraceStop["role"]>> = {
  [proto.TraceRole.NEXT_HOP]: "next-hop",
  [proto.TraceRole.ROUTER]: "router",
  [proto.TraceRole.NODE]: "node",
};

/** The operator's side of the daemon of a connection. */
export function createAdmin(connection: Connection): Admin {
  const { method } = proto.AdminService;
  const call = <I extends DescMethodUnary["input"], O extends DescMethodUnary["output"]>(
    one: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> => unary(connection, one, request, new Metadata(), options.signal);
  return {
    async *watch({ intervalMs, signal } = {}) {
      const request = intervalMs === undefined ? {} : { interval: toDuration(intervalMs) };
      for await (const { status } of serverStream(
        connection,
        method.watchStatus,
        request,
        signal,
      )) {
        if (status === undefined) throw new NodeError("INTERNAL", "a status without a status");
        yield readDaemonStatus(status);
      }
    },
    async *nodes({ signal } = {}) {
      for await (const { nodes } of serverStream(connection, method.listNodes, {}, signal)) {
        yield nodes.map(readNode);
      }
    },
    async peers(options) {
      return (await call(method.listPeers, {}, options)).peers.map(readPeer);
    },
    async addPeer(address, transportAddresses, options = {}) {
      const request = { ...named(address), transportAddresses: [...transportAddresses] };
      await call(method.addPeer, { ...request, save: options.save === true }, options);
    },
    async removePeer(address, options = {}) {
      await call(method.removePeer, { ...named(address), save: options.save === true }, options);
    },
    async networks(options) {
      const { networks } = await call(method.listNetworks, {}, options);
      return networks.map(({ name, summary, used, optionsSchema }) => ({
        name,
        summary,
        used,
        optionsSchema,
      }));
    },
    async *ping(address, { count = 0, size = 0, intervalMs, timeoutMs, signal } = {}) {
      const request = {
        ...named(address),
        count,
        size,
        ...(intervalMs === undefined ? {} : { interval: toDuration(intervalMs) }),
        ...(timeoutMs === undefined ? {} : { timeout: toDuration(timeoutMs) }),
      };
      for await (const answer of serverStream(connection, method.ping, request, signal)) {
        yield { number: answer.number, rttMicros: readRtt(answer) };
      }
    },
    async *trace(address, { count = 0, timeoutMs, signal } = {}) {
      const timeout = timeoutMs === undefined ? {} : { timeout: toDuration(timeoutMs) };
      const request = { ...named(address), count, ...timeout };
      for await (const stop of serverStream(connection, method.trace, request, signal)) {
        yield {
          role: ROLES[stop.role] ?? "unknown",
          address: readAnswer(() => Address.fromBytes(stop.address)),
          hops: stop.hops,
          rttMicros: readRtt(stop),
        };
      }
    },
    async logLevel(options) {
      return (await call(method.getLogLevel, {}, options)).level;
    },
    async setLogLevel(level, options) {
      return (await call(method.setLogLevel, { level }, options)).previous;
    },
  };
}

function named(address: Address): { readonly address: Uint8Array } {
  if (address instanceof Address) return { address: address.bytes };
  throw new NodeError("BAD_ADDRESS", "address: expected an Address");
}

function readNode(node: proto.OpenNode): OpenNodeStatus {
  return {
    address: readAnswer(() => Address.fromBytes(node.address)),
    openings: node.openings,
    queuedMessages: Number(node.queuedMessages),
    queuedBytes: Number(node.queuedBytes),
  };
}

function readRtt({ rtt }: Pick<proto.PingResponse, "rtt">): number | undefined {
  return rtt === undefined ? undefined : readMicros(rtt);
}
