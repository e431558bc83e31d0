// SPDX-License-Identifier: GPL-3.0-or-later

// Which way a packet would take now, and why, in words.

import type { Explanation } from "../router.js";
import { type Context, neighbourOf } from "./context.js";
import type { ReachedRouter } from "./routers.js";

/** What the tables say of a destination. */
export function explain(
  context: Context,
  reachedRouter: (router: Uint8Array) => ReachedRouter | undefined,
  destination: Uint8Array,
  nowMs: number,
): Explanation {
  const own = context.own.get(destination, 0);
  if (own !== undefined) {
    return own.displaced
      ? { ready: false, why: "it is open here, but another daemon has a newer attachment" }
      : { ready: true, router: context.self.address.bytes, why: "it is open at this daemon" };
  }
  const held = context.locations.get(destination, 0);
  if (held === undefined) return { ready: false, why: "no peer has said that it has this node" };
  const router = held.attach.router;
  if (held.attach.kind === "detach") return { ready: false, why: "it has left its daemon" };
  const reached = neighbourOf(context, held) < 0 ? undefined : reachedRouter(router);
  if (reached === undefined) {
    return { ready: false, router, why: "the peer that had it is down, or does not have it now" };
  }
  const seconds = Math.floor((held.consentUntilMs - nowMs) / 1000);
  const who = reached.isNeighbour ? "a direct peer" : "a daemon beyond a peer";
  const why = `${who} has it, and has said so for another ${seconds} s`;
  return { ready: true, nextHop: reached.next.address, router, why };
}
