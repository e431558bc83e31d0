// SPDX-License-Identifier: GPL-3.0-or-later

// What other routers say and ask about nodes, for a router that answers for its own nodes only.
// Invariant: whatever they say causes no question of ours.

import type { Asking } from "./asking.js";
import { type Context, type Correspondent, giveLocation, neighbourOf, tell } from "./context.js";
import type { ControlMessage } from "./control-messages.js";
import { foundOf } from "./holding.js";
import { learn, learnDetach, learnHeld, learnWithdrawn } from "./learning.js";
import type { Neighbour } from "./neighbours.js";
import { UNLIMITED } from "./quotas.js";

/** What is done with what other routers say. */
export interface Hearing {
  /** A message of the router `from`, which a neighbour brought, or is. */
  act(message: ControlMessage, from: Correspondent, brought: Neighbour, nowMs: number): void;
  /** A location of the node with the address `whose`, if that is known. */
  take(
    location: Uint8Array,
    whose: Uint8Array | undefined,
    from: Correspondent,
    nowMs: number,
  ): void;
}

/** Hears for these tables. */
export function createHearing(context: Context, asking: Asking): Hearing {
  const { counters, own, sink } = context;
  const take: Hearing["take"] = (location, whose, from, nowMs) => {
    const held = learn(context, location, whose, from, nowMs);
    if (held === undefined || neighbourOf(context, held) < 0) return;
    const found = foundOf(held);
    asking.found(found, nowMs);
    sink.reachable(found, nowMs);
  };
  const answer = (
    { query, prefix, nbits }: Extract<ControlMessage, { type: "query" }>,
    from: Correspondent,
    brought: Neighbour,
    nowMs: number,
  ): void => {
    if (!brought.queries.take(nowMs)) {
      counters.queriesRefused += 1;
      return;
    }
    counters.queries += 1;
    const node = own.find(prefix, nbits);
    if (node !== undefined) {
      giveLocation(context, node, from, query, nowMs);
      return;
    }
    brought.standing.add({ query, router: from.address }, prefix, nbits, nowMs);
    tell(context, from, { type: "no", query }, nowMs);
  };
  return {
    take,
    act(message, from, brought, nowMs) {
      switch (message.type) {
        case "query":
          answer(message, from, brought, nowMs);
          break;
        case "answer": {
          const isAsked = asking.isWaiting(message.query, from);
          const sender = isAsked ? { ...from, signatures: UNLIMITED } : from;
          take(message.location, undefined, sender, nowMs);
          asking.no(message.query, from, nowMs);
          break;
        }
        case "no":
          asking.no(message.query, from, nowMs);
          break;
        case "held":
          learnHeld(context, message.location, from, nowMs);
          break;
        case "detach":
          learnDetach(context, message.record, from, nowMs);
          break;
        case "withdrawn":
          learnWithdrawn(context, message.address, from);
          break;
      }
    },
  };
}
