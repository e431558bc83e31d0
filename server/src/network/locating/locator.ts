// SPDX-License-Identifier: GPL-3.0-or-later

// Locating put together: everything that a router does about nodes, for an algorithm that knows
// which routers there are and asks each of them by itself. The algorithm says which neighbours are
// up and, where it knows routers beyond them, through whom each is reached. Invariants: packets of
// others, whatever source they claim, cause no question (M1): only `resolve` asks, and the renewal
// of a location that counts; and who is not on the way to a router does not speak for it.

import { SWEEP_MS } from "../constants.js";
import { createRecordVerifier } from "../records/verifier.js";
import type { Router, RouterEnvironment } from "../router.js";
import { createAsking } from "./asking.js";
import type { Context } from "./context.js";
import { decodeControl } from "./control-messages.js";
import { createLocatingCounters, type LocatingCounters } from "./counters.js";
import { explain } from "./explain.js";
import { createHearing } from "./hearing.js";
import { sweepLocations } from "./holding.js";
import { createLocations } from "./locations.js";
import { nameOf } from "./names.js";
import { createNeighbours, type Neighbour } from "./neighbours.js";
import { createOwnNodes } from "./own-nodes.js";
import { createOwnPackets, type OwnPackets } from "./own-packets.js";
import { createRouters, type ReachedRouter } from "./routers.js";
import { attachNode, detachNode } from "./telling.js";

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
type Whole = "attach" | "detach" | "wake" | "resolve" | "cancel" | "explain" | "ways";

/** All that a router does about nodes. It alone calls its environment's `wakeAt`. */
export interface Locator extends Pick<Router, Whole>, OwnPackets {
  /** What it counts. Algorithms add their own beside these. */
  readonly counters: LocatingCounters;
  /** A neighbour is up: it is asked what is open. */
  neighbourUp(id: number, address: Uint8Array, nowMs: number): Neighbour;
  /** It is gone, and with it the ways through it. */
  neighbourDown(id: number, nowMs: number): void;
  neighbour(id: number): Neighbour | undefined;
  /**
   * A router beyond a neighbour is reached through it from now on: it is asked what is open. The way
   * must be the one that the router takes back: `hear` refuses what comes by another neighbour. One to
   * a router that is, or becomes, a neighbour is kept for when it is none any more.
   */
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

  const packets = createOwnPackets(context, {
    hopLimit: options.hopLimit,
    neighbourAddress: (id) => neighbours.get(id)?.address,
    introduced(location, source, from, nowMs) {
      hearing.take(location, source, from, nowMs);
      setWake(nowMs);
    },
  });
  const setWake = (nowMs: number): void => {
    if (locations.size() === 0) sweepMs = NEVER;
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
    ...packets,
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
