// SPDX-License-Identifier: GPL-3.0-or-later

// Which way a packet would take now, and why, in words.

import { type Context, neighbourOf } from "../locating/context.js";
import { sameBytes } from "../records/signed.js";
import type { Explanation } from "../router.js";
import type { Neighbours } from "./neighbours.js";
import type { KnownRouter, Routes } from "./routes.js";

/** What the tables say of a destination. */
export function explain(
  context: Context,
  routes: Routes,
  neighbours: Neighbours,
  destination: Uint8Array,
): Explanation {
  const own = context.own.get(destination, 0);
  if (own !== undefined) {
    return own.displaced
      ? { ready: false, why: "it is open here, but another daemon has a newer attachment" }
      : { ready: true, router: context.self.address.bytes, why: "it is open at this daemon" };
  }
  const held = context.locations.get(destination, 0);
  if (held === undefined) return { ready: false, why: "no router has said that it has this node" };
  const { router } = held.attach;
  if (held.attach.kind === "detach") return { ready: false, why: "it has left its router" };
  if (!held.counts) {
    return { ready: false, router, why: "the router that had it does not have it now" };
  }
  const known = routes.get(router);
  const nextHop = neighbours.get(neighbourOf(context, held))?.address;
  if (known === undefined || nextHop === undefined) {
    return { ready: false, router, why: "there is no way to its router now" };
  }
  return { ready: true, nextHop, router, why: whyThisWay(known, nextHop) };
}

function whyThisWay(router: KnownRouter, nextHop: Uint8Array): string {
  const hops = router.offers.get(router.neighbour)?.hops ?? 0;
  if (sameBytes(nextHop, router.address)) return "its router is a direct peer";
  const others = router.offers.size - 1;
  const ms = (router.cost / 1000).toFixed(1);
  const which = others === 0 ? "the only way" : `the cheapest of ${others + 1} ways`;
  return `${which} to its router: ${hops + 1} hops, cost ${ms} ms`;
}
