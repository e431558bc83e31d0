// SPDX-License-Identifier: GPL-3.0-or-later

// What the parts of the router share.

import type { RecordVerifier } from "../records/verifier.js";
import type { RouterEnvironment } from "../router.js";
import { type ControlMessage, encodeControl } from "./control-messages.js";
import type { OnehopCounters } from "./counters.js";
import type { Locations } from "./locations.js";
import type { Neighbour, Neighbours } from "./neighbours.js";
import type { OwnNode, OwnNodes } from "./own-nodes.js";

/** The tables, and the way out. */
export interface Context extends RouterEnvironment {
  readonly verifier: RecordVerifier;
  readonly own: OwnNodes;
  readonly locations: Locations;
  readonly neighbours: Neighbours;
  readonly counters: OnehopCounters;
}

/** Sends a control message; one that the link does not take is counted. */
export function tell(
  context: Context,
  to: Neighbour,
  message: ControlMessage,
  nowMs: number,
): boolean {
  if (context.sink.sendControl(to.id, encodeControl(message), nowMs)) return true;
  context.counters.controlNotSent += 1;
  return false;
}

/** Tells a neighbour where a node of ours is; `query` is what it asked, 0 if it did not. */
export function giveLocation(
  context: Context,
  node: OwnNode,
  to: Neighbour,
  query: number,
  nowMs: number,
): void {
  node.told.add(to.id);
  const location = context.own.location(node, nowMs);
  tell(context, to, { type: "answer", query, location }, nowMs);
}
