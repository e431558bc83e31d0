// SPDX-License-Identifier: GPL-3.0-or-later

// What the parts of a router share that pulls locations, whatever its algorithm: who can be told
// something, and how.

import type { TokenBucket } from "../../core/index.js";
import type { RecordVerifier } from "../records/verifier.js";
import type { RouterEnvironment } from "../router.js";
import { type ControlMessage, encodeControl } from "./control-messages.js";
import type { LocatingCounters } from "./counters.js";
import type { HeldLocation, Locations } from "./locations.js";
import { noteTold, type OwnNode, type OwnNodes } from "./own-nodes.js";

/** A router that something came from, or that can be told something. */
export interface Correspondent {
  /** 32 bytes: who it is or, where others carry its word, who it says it is. */
  readonly address: Uint8Array;
  /** The same as text. */
  readonly name: string;
  /** Whose share of the tables its records take: the neighbour that brings its word. */
  readonly holder: string;
  /** Signatures of its records that we look at: that neighbour's. */
  readonly signatures: TokenBucket;
}

/** The way to a router. */
export interface Route {
  /** The neighbour to send to; -1: there is no way now. */
  readonly neighbour: number;
  /** It is over, and to be looked up again. */
  readonly gone: boolean;
}

/** The tables, and the way out. */
export interface Context extends RouterEnvironment {
  readonly verifier: RecordVerifier;
  readonly own: OwnNodes;
  readonly locations: Locations;
  readonly counters: LocatingCounters;
  /** The router with this address, if it can be told something now. */
  correspondent(router: Uint8Array): Correspondent | undefined;
  /** Sends a control message; false: the link did not take it. */
  send(to: Correspondent, message: Uint8Array, nowMs: number): boolean;
  /** The way to a router, if one was ever known. */
  route(router: Uint8Array): Route | undefined;
  /** Whether `from` may bring locations of nodes that are attached to this router. */
  mayBring(router: Uint8Array, from: Correspondent): boolean;
}

/** Sends a control message; one that the link does not take is counted. */
export function tell(
  context: Context,
  to: Correspondent,
  message: ControlMessage,
  nowMs: number,
): boolean {
  if (context.send(to, encodeControl(message), nowMs)) return true;
  context.counters.controlNotSent += 1;
  return false;
}

/** Tells a router where a node of ours is; `query` is what it asked, 0 if it did not. */
export function giveLocation(
  context: Context,
  node: OwnNode,
  to: Correspondent,
  query: number,
  nowMs: number,
): void {
  const location = context.own.location(node, nowMs);
  if (tell(context, to, { type: "answer", query, location }, nowMs))
    noteTold(node, to.name, to.address);
}

/** The neighbour through which a location is reached now; -1 if it is not. */
export function neighbourOf(context: Context, held: HeldLocation): number {
  if (!held.counts) return -1;
  if (held.via === undefined || held.via.gone) held.via = context.route(held.attach.router);
  return held.via?.neighbour ?? -1;
}
