// SPDX-License-Identifier: GPL-3.0-or-later

// Locating put together: everything that a router does about nodes, for an algorithm that knows
// which routers there are and asks each of them by itself. The algorithm says which neighbours are
// up and, where it knows routers beyond them, through whom each is reached. Invariants: packets of
// others, whatever source they claim, cause no question (M1): only `resolve` asks, and the renewal
// of a location that counts; and who is not on the way to a router does not speak for it.

import { ADDRESS_BYTES, SWEEP_MS } from "../constants.js";
import { DESTINATION_AT, locationAt, SOURCE_AT, writeHeader } from "../header.js";
import { sameBytes } from "../records/signed.js";
import { createRecordVerifier } from "../records/verifier.js";
import { NO_WAY, type Router, type RouterEnvironment, TO_LOCAL } from "../router.js";
import { createAsking } from "./asking.js";
import { type Context, neighbourOf } from "./context.js";
import { decodeControl } from "./control-messages.js";
import { createLocatingCounters, type LocatingCounters } from "./counters.js";
import { explain } from "./explain.js";
import { createHearing } from "./hearing.js";
import { firstReached, foundOf, renew, sweepLocations } from "./holding.js";
import { createLocations } from "./locations.js";
import { nameOf } from "./names.js";
import { createNeighbours, type Neighbour } from "./neighbours.js";
import { createOwnNodes, noteTold } from "./own-nodes.js";
import { createRouters, type ReachedRouter } from "./routers.js";
import { attachNode, detachNode } from "./telling.js";

const NOTHING = new Uint8Array(0);
const NEVER = Number.POSITIVE_INFINITY;

/** What the locator leaves to the algorithm. */
export interface LocatorOptions {
  /** Links that a packet of ours may go: 1 to 255. */
  readonly hopLimit: number;
  /**
   * Sends a control message to a router beyond a neighbour, `next` being the one that leads there;
   * false if its link did not take it. The message is only valid during the call. Not needed by an
   * algorithm that never calls `wayUp`.
   */
  carry?(next: Neighbour, router: Uint8Array, message: Uint8Array, nowMs: number): boolean;
}

/** What a locator does of a Router word for word. */
type Whole =
  | "attach"
  | "detach"
  | "wake"
  | "resolve"
  | "cancel"
  | "doubt"
  | "reaches"
  | "known"
  | "prepare"
  | "explain"
  | "ways";

/** All that a router does about nodes. It alone calls its environment's `wakeAt`. */
export interface Locator extends Pick<Router, Whole> {
  /** What it counts. Algorithms add their own beside these. */
  readonly counters: LocatingCounters;
  /** A neighbour is up: it is asked what is open. */
  neighbourUp(id: number, address: Uint8Array, nowMs: number): Neighbour;
  /** It is gone, and with it the ways through it. */
  neighbourDown(id: number, nowMs: number): void;
  neighbour(id: number): Neighbour | undefined;
  /** A router beyond a neighbour is reached through it from now on: it is asked what is open. */
  wayUp(router: Uint8Array, via: Neighbour, nowMs: number): void;
  /** It is not reached any more, unless it is a neighbour itself. */
  wayDown(router: Uint8Array, nowMs: number): void;
  /** The neighbour that leads to the router whose 32 bytes stand at `at`. */
  nextTo(buffer: Uint8Array, at: number): Neighbour | undefined;
  /**
   * A control message that a neighbour brought; `speaker` is the router whose word it is, where it
   * is not the neighbour's own. Any bytes.
   */
  hear(from: Neighbour, message: Uint8Array, nowMs: number, speaker?: Uint8Array): void;
  /** Whether the node whose 32 bytes stand at `at` is attached here. */
  isOwn(buffer: Uint8Array, at: number): boolean;
  /** What `forward` gives for a packet of our own: a neighbour, or NO_WAY. */
  forwardOwn(buffer: Uint8Array, at: number): number;
  /** What `forward` gives for one that a neighbour brought to a node of ours: TO_LOCAL, or NO_WAY. */
  deliver(
    buffer: Uint8Array,
    at: number,
    headerBytes: number,
    from: Neighbour,
    nowMs: number,
  ): number;
}

/** A locator without nodes and neighbours. */
export function createLocator(environment: RouterEnvironment, options: LocatorOptions): Locator {
  const { crypto, keys, random, sink } = environment;
  const verifier = createRecordVerifier(crypto, keys);
  const own = createOwnNodes({ ...environment, verifier });
  const locations = createLocations(random);
  const neighbours = createNeighbours(verifier);
  const routers = createRouters(random);
  const counters = createLocatingCounters();
  const context: Context = {
    ...environment,
    verifier,
    own,
    locations,
    counters,
    correspondent: (router) => routers.get(router, 0)?.correspondent,
    send({ address }, message, nowMs) {
      const reached = routers.get(address, 0);
      if (reached === undefined) return false;
      const { next, isNeighbour } = reached;
      if (isNeighbour) return sink.sendControl(next.id, message, nowMs);
      return options.carry?.(next, address, message, nowMs) === true;
    },
    route: (router) => routers.get(router, 0)?.route,
    mayBring: (router, from) => routers.get(router, 0)?.next.name === from.holder,
  };
  const asking = createAsking(context, routers.correspondents);
  const hearing = createHearing(context, asking);
  let wakeMs = NEVER;
  let sweepMs = NEVER;

  const neighbourTo = (buffer: Uint8Array, at: number): number => {
    const held = locations.get(buffer, at);
    return held === undefined ? -1 : neighbourOf(context, held);
  };
  const setWake = (nowMs: number): void => {
    if (locations.size === 0) sweepMs = NEVER;
    else if (sweepMs === NEVER) sweepMs = nowMs + SWEEP_MS;
    const nextMs = Math.min(sweepMs, asking.nextMs);
    if (nextMs === wakeMs || nextMs === NEVER) return;
    wakeMs = nextMs;
    sink.wakeAt(nextMs);
  };
  const gained = ({ correspondent }: ReachedRouter, nowMs: number): void => {
    asking.routerUp(correspondent, nowMs);
    setWake(nowMs);
  };
  const lost = (router: Uint8Array, instead: ReachedRouter | undefined, nowMs: number): void => {
    const name = nameOf(router);
    // When it is back it may have restarted: then it is asked again.
    for (const held of locations.at(name)) held.counts = false;
    for (const node of own.all()) node.told.delete(name);
    if (instead !== undefined) asking.routerUp(instead.correspondent, nowMs);
    else asking.routerDown(name, nowMs);
    setWake(nowMs);
  };
  const wayDown = (router: Uint8Array, nowMs: number): void => {
    const before = routers.get(router, 0);
    const after = routers.wayDown(router);
    if (before !== undefined && before !== after) lost(router, after, nowMs);
  };

  return {
    counters,
    attach: (node, nowMs) => attachNode(context, neighbours.all(), node, nowMs),
    detach: (address, nowMs) => detachNode(context, address, nowMs),
    neighbourUp(id, address, nowMs) {
      const neighbour = neighbours.up(id, address);
      gained(routers.neighbourUp(neighbour), nowMs);
      return neighbour;
    },
    neighbourDown(id, nowMs) {
      const neighbour = neighbours.down(id);
      if (neighbour === undefined) return;
      for (const router of routers.through(neighbour)) wayDown(router, nowMs);
      lost(neighbour.address, routers.neighbourDown(neighbour), nowMs);
    },
    neighbour: (id) => neighbours.get(id),
    wayUp(router, via, nowMs) {
      const before = routers.get(router, 0);
      const after = routers.wayUp(router, via);
      if (before !== after) gained(after, nowMs);
    },
    wayDown,
    nextTo: (buffer, at) => routers.get(buffer, at)?.next,
    hear(from, message, nowMs, speaker = from.address) {
      const reached = routers.get(speaker, 0);
      const said = reached?.next === from ? decodeControl(message) : undefined;
      if (reached === undefined || said === undefined) counters.controlInvalid += 1;
      else hearing.act(said, reached.correspondent, from, nowMs);
      setWake(nowMs);
    },
    wake(nowMs) {
      wakeMs = NEVER;
      if (sweepMs <= nowMs) {
        sweepMs = NEVER;
        sweepLocations(context, nowMs);
      }
      asking.expire(nowMs);
      setWake(nowMs);
    },
    resolve(query, prefix, nbits, nowMs) {
      asking.ask(query, prefix, nbits, nowMs);
      setWake(nowMs);
    },
    cancel: (query) => asking.cancel(query),
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
      const next = neighbours.get(neighbourOf(context, held));
      if (next === undefined) return -1;
      held.usedMs = nowMs;
      const { router } = held.attach;
      let location: Uint8Array = NOTHING;
      if (introduce) {
        noteTold(node, nameOf(router), router);
        location = own.location(node, nowMs);
      }
      const beyond = sameBytes(next.address, router) ? NOTHING : router;
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
      const introduced = locationAt(buffer, at);
      if (introduced < at + headerBytes) {
        const source = buffer.subarray(at + SOURCE_AT, at + SOURCE_AT + ADDRESS_BYTES);
        hearing.take(buffer.subarray(introduced, at + headerBytes), source, from, nowMs);
        setWake(nowMs);
      }
      // Its introduction may have shown that the node is somebody else's now.
      return node.displaced ? NO_WAY : TO_LOCAL;
    },
    explain(destination, nowMs) {
      return explain(context, (router) => routers.get(router, 0), destination, nowMs);
    },
    ways: () =>
      [...routers.all()].map(({ correspondent, next, isNeighbour }) => ({
        router: correspondent.address,
        nextHop: next.address,
        // Nobody has said how many there are beyond a neighbour: one at least.
        hops: isNeighbour ? 1 : 2,
        costMicros: 0,
      })),
  };
}
