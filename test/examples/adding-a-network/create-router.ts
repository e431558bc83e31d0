// SPDX-License-Identifier: GPL-3.0-or-later

// The router of static: the locator, told which ways there are, and what is carried for others.
// Invariants: nothing goes back to whom it came from, and nothing goes further than MOST_HOPS; who
// is not on the way to a router does not speak for it.

import {
  createLocator,
  DESTINATION_AT,
  FROM_LOCAL,
  type Neighbour,
  NO_WAY,
  type Router,
  type RouterEnvironment,
  routerAt,
  sameBytes,
  TOO_FAR,
  takeHop,
} from "@inet256/mesh256/network";
import { type CarriedMessage, decodeCarried, encodeCarried } from "./carried-message.js";

/** Links on the longest way. */
const MOST_HOPS = 32;

/** A daemon beyond a neighbour: 32 bytes each. */
export interface StaticRoute {
  readonly to: Uint8Array;
  readonly via: Uint8Array;
}

/** A router without nodes and neighbours. */
export function createStaticRouter(
  routes: readonly StaticRoute[],
  environment: RouterEnvironment,
): Router {
  const { self, sink } = environment;
  const own = self.address.bytes;
  const counters = { carried: 0, carriedDropped: 0 };

  const locator = createLocator(environment, {
    hopLimit: MOST_HOPS,
    carry(next, to, message, nowMs) {
      const carried = encodeCarried({ hopsLeft: MOST_HOPS, to, from: own, message });
      return sink.sendControl(next.id, carried, nowMs);
    },
  });

  /** A message between two others; false when it ends here. */
  const carryOn = (carried: CarriedMessage, sender: Neighbour, nowMs: number): boolean => {
    const next = locator.nextTo(carried.to, 0);
    const isOnTheWay = locator.nextTo(carried.from, 0) === sender;
    const hopsLeft = Math.min(MOST_HOPS, carried.hopsLeft) - 1;
    if (next === undefined || next === sender || !isOnTheWay || hopsLeft === 0) return false;
    return sink.sendControl(next.id, encodeCarried({ ...carried, hopsLeft }), nowMs);
  };

  return {
    // Nodes, questions about them, and packets of our own are the locator's.
    ...locator,
    get counters() {
      return { ...locator.counters, ...counters };
    },
    neighbourUp(id, address, nowMs) {
      const neighbour = locator.neighbourUp(id, address, nowMs);
      for (const { to, via } of routes) {
        if (sameBytes(via, address) && !sameBytes(to, own)) locator.wayUp(to, neighbour, nowMs);
      }
    },
    // Better or worse, it is the way that the configuration says.
    neighbourChanged() {},
    control(id, buffer, at, length, nowMs) {
      const sender = locator.neighbour(id);
      if (sender === undefined) return;
      const bytes = buffer.subarray(at, at + length);
      const carried = decodeCarried(bytes);
      if (carried === undefined) locator.hear(sender, bytes, nowMs);
      else if (sameBytes(carried.to, own)) {
        locator.hear(sender, carried.message, nowMs, carried.from);
      } else if (carryOn(carried, sender, nowMs)) counters.carried += 1;
      else counters.carriedDropped += 1;
    },
    forward(buffer, at, _length, headerBytes, from, nowMs) {
      if (from === FROM_LOCAL) return locator.forwardOwn(buffer, at);
      const sender = locator.neighbour(from);
      if (sender === undefined) return NO_WAY;
      if (locator.isOwn(buffer, at + DESTINATION_AT)) {
        return locator.deliver(buffer, at, headerBytes, sender, nowMs);
      }
      const router = routerAt(buffer, at);
      const next = router === 0 ? undefined : locator.nextTo(buffer, router);
      if (next === undefined || next === sender) return NO_WAY;
      return takeHop(buffer, at) ? next.id : TOO_FAR;
    },
  };
}
