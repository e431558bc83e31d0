// SPDX-License-Identifier: Apache-2.0

/**
 * What of the way to an address can be asked for a round trip: daemons answer pings at their own
 * addresses, but a daemon knows of a way only its next hop and its end. Invariant: no address
 * stands there twice, and they stand in the order of the way.
 */
import type { Address } from "./identity/index.js";
import type { RouteExplanation } from "./routes.js";

/** Somebody on the way, who may answer pings. */
export interface Stop {
  /** What it is on the way; a next hop that is the router too is the router. */
  readonly role: "next-hop" | "router" | "node";
  readonly address: Address;
  /** Links from the daemon; undefined: not known. */
  readonly hops: number | undefined;
}

/** The stops of a way, the nearest first. */
export function stopsOf(
  destination: Address,
  { nextHop, router, hops }: Pick<RouteExplanation, "nextHop" | "router" | "hops">,
): readonly Stop[] {
  const stops: Stop[] = [];
  if (nextHop !== undefined && router?.equals(nextHop) !== true) {
    stops.push({ role: "next-hop", address: nextHop, hops: 1 });
  }
  if (router !== undefined) stops.push({ role: "router", address: router, hops });
  if (router?.equals(destination) !== true) {
    stops.push({ role: "node", address: destination, hops });
  }
  return stops;
}
