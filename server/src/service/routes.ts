// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which way messages go, and why, for people. Guards that an explanation is of one moment: its way
 * is the one that the router it names is reached by, or has no length and no cost.
 */
import { Address, NodeError } from "@inet256/client";
import type { Clock } from "../core/index.js";
import type { Explanation, RunningNetwork, Way } from "../network/index.js";
import type { Searches } from "./search.js";

/** The way to another router. */
export interface RouteStatus {
  readonly router: Address;
  /** The peer that comes next on the way. */
  readonly nextHop: Address;
  /** Links on the way: 1 for a peer. */
  readonly hops: number;
  /** What the algorithm takes it to cost, in microseconds; undefined where it does not measure. */
  readonly costMicros: number | undefined;
}

/** How a message to an address would go now. */
export interface RouteExplanation {
  /** Whether it would be sent. */
  readonly ready: boolean;
  /** Why this way, or none, in one sentence. */
  readonly why: string;
  /** Whether the address is open at this daemon: messages do not leave the process. */
  readonly local: boolean;
  /** The peer that it would be given to. */
  readonly nextHop: Address | undefined;
  /** The daemon that the address is attached to. */
  readonly router: Address | undefined;
  /** Links on the way; undefined: not known. 0 for an address that is local. */
  readonly hops: number | undefined;
  /** In microseconds; undefined where the algorithm does not measure. */
  readonly costMicros: number | undefined;
}

/** What explaining needs. */
export interface ExplainOptions {
  readonly network: Pick<RunningNetwork, "explain" | "ways">;
  readonly search: Searches["find"];
  readonly clock: Clock;
  /** The daemon's own address. */
  readonly own: Address;
}

/** Milliseconds that an address which is not known is searched for before its way is explained. */
const SEARCH_MS = 2_000;
const ADDRESS_BITS = 256;

/** The ways to all routers. */
export function listRoutes(network: Pick<RunningNetwork, "ways">): readonly RouteStatus[] {
  return network.ways().map((way) => ({
    router: Address.fromBytes(way.router),
    nextHop: Address.fromBytes(way.nextHop),
    hops: way.hops,
    costMicros: costOf(way),
  }));
}

/**
 * Explains the way to an address; one that is not reached is searched for first. Rejects with the
 * signal's reason, and with UNAVAILABLE when the daemon stops meanwhile.
 */
export async function explainRoute(
  options: ExplainOptions,
  address: Address,
  signal: AbortSignal | undefined,
): Promise<RouteExplanation> {
  const { network, search, clock } = options;
  const known = network.explain(address.bytes, clock.monotonicMs());
  if (known.ready) return readExplanation(options, known);
  try {
    await search(address.bytes, ADDRESS_BITS, signal, SEARCH_MS);
  } catch (error) {
    // Silence is explained as well as any other answer.
    if (!(error instanceof NodeError && error.reason === "UNREACHABLE")) throw error;
  }
  return readExplanation(options, network.explain(address.bytes, clock.monotonicMs()));
}

function readExplanation(
  { network, own }: ExplainOptions,
  { ready, why, nextHop, router }: Explanation,
): RouteExplanation {
  const local = ready && router !== undefined && own.equals(Address.fromBytes(router));
  const way = network
    .ways()
    .find((one) => isSame(one.router, router) && isSame(one.nextHop, nextHop));
  return {
    ready,
    why,
    local,
    nextHop: nextHop === undefined ? undefined : Address.fromBytes(nextHop),
    router: router === undefined ? undefined : Address.fromBytes(router),
    hops: local ? 0 : way?.hops,
    costMicros: way === undefined ? undefined : costOf(way),
  };
}

function costOf({ costMicros }: Way): number | undefined {
  return costMicros === 0 ? undefined : costMicros;
}

function isSame(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && Buffer.compare(a, b) === 0;
}
