// SPDX-License-Identifier: GPL-3.0-or-later

// Packets that begin or end here, for any algorithm that pulls locations: where ours go, and what
// those for our nodes say of who sent them. Invariant (M1): nothing of it asks anybody, but for the
// renewal of a location that counts.

import { ADDRESS_BYTES } from "../constants.js";
import { DESTINATION_AT, locationAt, SOURCE_AT, writeHeader } from "../header.js";
import { sameBytes } from "../records/signed.js";
import { NO_WAY, type Router, TO_LOCAL } from "../router.js";
import { type Context, type Correspondent, neighbourOf } from "./context.js";
import { firstReached, foundOf, renew } from "./holding.js";
import { nameOf } from "./names.js";
import { noteTold } from "./own-nodes.js";

const NOTHING = new Uint8Array(0);

/** What it needs. */
export interface OwnPacketsOptions {
  /** Links that a packet of ours may go: 1 to 255. */
  readonly hopLimit: number;
  /** The address of a neighbour that is up. */
  neighbourAddress(id: number): Uint8Array | undefined;
  /** A packet brought this location of its source; both are only valid during the call. */
  introduced(location: Uint8Array, source: Uint8Array, from: Correspondent, nowMs: number): void;
}

/** What a router does with them; the first of it word for word as the port has it. */
export interface OwnPackets extends Pick<Router, "reaches" | "known" | "doubt" | "prepare"> {
  /** Whether the node whose 32 bytes stand at `at` is attached here. */
  isOwn(buffer: Uint8Array, at: number): boolean;
  /** What `forward` gives for a packet of our own: a neighbour, or NO_WAY. */
  forwardOwn(buffer: Uint8Array, at: number): number;
  /** What `forward` gives for one that a neighbour brought to a node of ours: TO_LOCAL, or NO_WAY. */
  deliver(
    buffer: Uint8Array,
    at: number,
    headerBytes: number,
    from: Correspondent,
    nowMs: number,
  ): number;
}

/** By these tables. */
export function createOwnPackets(context: Context, options: OwnPacketsOptions): OwnPackets {
  const { own, locations } = context;
  const neighbourTo = (buffer: Uint8Array, at: number): number => {
    const held = locations.get(buffer, at);
    return held === undefined ? -1 : neighbourOf(context, held);
  };
  return {
    reaches: (buffer, at) => neighbourTo(buffer, at) >= 0,
    known(prefix, nbits) {
      const held = firstReached(context, prefix, nbits);
      return held && foundOf(held);
    },
    doubt(destination, nowMs) {
      const held = locations.get(destination, 0);
      if (held !== undefined && neighbourOf(context, held) >= 0) renew(context, held, nowMs);
    },
    prepare(source, destination, introduce, buffer, payloadAt, nowMs) {
      const node = own.get(source, 0);
      const held = locations.get(destination, 0);
      if (node === undefined || node.displaced || held === undefined) return -1;
      const next = options.neighbourAddress(neighbourOf(context, held));
      if (next === undefined) return -1;
      held.usedMs = nowMs;
      const { router } = held.attach;
      let location: Uint8Array = NOTHING;
      if (introduce) {
        noteTold(node, nameOf(router), router);
        location = own.location(node, nowMs);
      }
      const beyond = sameBytes(next, router) ? NOTHING : router;
      const { hopLimit } = options;
      return writeHeader(buffer, payloadAt, hopLimit, destination, source, location, beyond);
    },
    isOwn: (buffer, at) => own.get(buffer, at) !== undefined,
    forwardOwn(buffer, at) {
      const neighbour = neighbourTo(buffer, at + DESTINATION_AT);
      return neighbour < 0 ? NO_WAY : neighbour;
    },
    deliver(buffer, at, headerBytes, from, nowMs) {
      const node = own.get(buffer, at + DESTINATION_AT);
      if (node === undefined || node.displaced) return NO_WAY;
      const location = locationAt(buffer, at);
      if (location < at + headerBytes) {
        const source = buffer.subarray(at + SOURCE_AT, at + SOURCE_AT + ADDRESS_BYTES);
        options.introduced(buffer.subarray(location, at + headerBytes), source, from, nowMs);
      }
      // Its introduction may have shown that the node is somebody else's now.
      return node.displaced ? NO_WAY : TO_LOCAL;
    },
  };
}
