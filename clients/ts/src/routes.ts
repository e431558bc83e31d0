// SPDX-License-Identifier: Apache-2.0

/**
 * Which way messages go, as a daemon says it. A daemon's answer is read, not believed: an address
 * in it that is none is a fault of the daemon, and what it leaves out is undefined.
 */
import { Metadata } from "@grpc/grpc-js";
import * as proto from "@inet256/proto";
import type { Connection } from "./connection.js";
import { readMicros } from "./durations.js";
import { Address } from "./identity/index.js";
import type { CallOptions } from "./node.js";
import { NodeError } from "./reasons.js";
import { readAnswer, unary } from "./unary.js";

/** The way from a daemon to a router, which is another daemon, perhaps far away. */
export interface RouteStatus {
  readonly router: Address;
  /** The peer that comes next on the way. */
  readonly nextHop: Address;
  /** Links on the way: 1 for a peer. */
  readonly hops: number;
  /** What the way is taken to cost, in microseconds; undefined where nothing is measured. */
  readonly costMicros: number | undefined;
}

/** How a message from a daemon to an address would go now. */
export interface RouteExplanation {
  /** Whether it would be sent. */
  readonly ready: boolean;
  /** Why this way, or none, in one sentence. */
  readonly why: string;
  /** Whether the address is open at that daemon: messages do not leave the process. */
  readonly local: boolean;
  /** The peer that it would be given to; undefined: none. */
  readonly nextHop: Address | undefined;
  /** The daemon that the address is attached to; undefined: not known. */
  readonly router: Address | undefined;
  /** Links on the way: 1 for a peer, 0 for a local address; undefined: not known. */
  readonly hops: number | undefined;
  /** What the way is taken to cost, in microseconds; undefined where nothing is measured. */
  readonly costMicros: number | undefined;
}

/** Asks a daemon for the way to an address. Rejects with BAD_ADDRESS for what is no Address. */
export async function explainRoute(
  connection: Connection,
  address: Address,
  { signal }: CallOptions = {},
): Promise<RouteExplanation> {
  if (!(address instanceof Address)) {
    throw new NodeError("BAD_ADDRESS", "address: expected an Address");
  }
  const method = proto.AdminService.method.explainRoute;
  const request = { address: address.bytes };
  return readExplanation(await unary(connection, method, request, new Metadata(), signal));
}

/** Reads the answer to ExplainRoute. Throws NodeError INTERNAL for an address that is none. */
export function readExplanation(answer: proto.ExplainRouteResponse): RouteExplanation {
  const { ready, why, local, hops } = answer;
  return {
    ready,
    why,
    local,
    nextHop: readOptional(answer.nextHop),
    router: readOptional(answer.router),
    hops: hops === 0 && !local ? undefined : hops,
    costMicros: readCost(answer),
  };
}

/** Reads a way. Throws NodeError INTERNAL for an address that is none. */
export function readRoute(route: proto.Route): RouteStatus {
  return {
    router: readAnswer(() => Address.fromBytes(route.router)),
    nextHop: readAnswer(() => Address.fromBytes(route.nextHop)),
    hops: route.hops,
    costMicros: readCost(route),
  };
}

function readOptional(bytes: Uint8Array): Address | undefined {
  return bytes.length === 0 ? undefined : readAnswer(() => Address.fromBytes(bytes));
}

function readCost({ cost }: Pick<proto.Route, "cost">): number | undefined {
  return cost === undefined ? undefined : readMicros(cost);
}
