// SPDX-License-Identifier: GPL-3.0-or-later

// The routers that can be told something, each with the neighbour that leads to it. A neighbour
// leads to itself, whatever other way there is. Invariant: a Route that was given out is right, or
// `gone`.

import { type AddressMap, createAddressMap, type Random } from "../../core/index.js";
import type { Correspondent, Route } from "./context.js";
import { nameOf } from "./names.js";
import type { Neighbour } from "./neighbours.js";

/** A router that can be told something. */
export interface ReachedRouter {
  /** It, as the rest of locating knows it: the neighbour itself, where it is one. */
  readonly correspondent: Correspondent;
  readonly isNeighbour: boolean;
  /** The neighbour to send to. */
  readonly next: Neighbour;
  readonly route: Route;
}

/** The routers that can be told something. What changes the way to one gives what it is now. */
export interface Routers {
  neighbourUp(neighbour: Neighbour): ReachedRouter;
  neighbourDown(neighbour: Neighbour): ReachedRouter | undefined;
  /** A router (32 bytes) is reached through this neighbour, and no longer through another one. */
  wayUp(router: Uint8Array, via: Neighbour): ReachedRouter;
  /** It is not any more, unless it is a neighbour itself. */
  wayDown(router: Uint8Array): ReachedRouter | undefined;
  /** The router whose 32 bytes stand at `at`. */
  get(buffer: Uint8Array, at: number): ReachedRouter | undefined;
  all(): Iterable<ReachedRouter>;
  correspondents(): Iterable<Correspondent>;
  /** Those with a way through this neighbour, even if they are neighbours themselves. */
  through(neighbour: Neighbour): readonly Uint8Array[];
}

interface Entry {
  readonly address: Uint8Array;
  /** The router itself, as a neighbour. */
  direct: Neighbour | undefined;
  /** Through whom it is reached otherwise. */
  via: Neighbour | undefined;
  reached: (ReachedRouter & { readonly route: { gone: boolean } }) | undefined;
}

/** None. */
export function createRouters(random: Random): Routers {
  const entries: AddressMap<Entry> = createAddressMap<Entry>(random);
  const inOrder = new Set<Entry>();
  const entryOf = (router: Uint8Array): Entry => {
    const known = entries.get(router, 0);
    if (known !== undefined) return known;
    const address = router.slice();
    const entry: Entry = { address, direct: undefined, via: undefined, reached: undefined };
    entries.set(address, entry);
    inOrder.add(entry);
    return entry;
  };
  const forget = (entry: Entry): void => {
    entries.delete(entry.address);
    inOrder.delete(entry);
  };
  /** What leads to it now; what led there before is gone, if that is somebody else. */
  const settle = (entry: Entry, next: Neighbour): ReachedRouter => {
    const before = entry.reached;
    if (before?.next === next) return before;
    if (before !== undefined) before.route.gone = true;
    const after = reach(entry.address, next);
    entry.reached = after;
    return after;
  };
  const settleOrForget = (entry: Entry): ReachedRouter | undefined => {
    const next = entry.direct ?? entry.via;
    if (next !== undefined) return settle(entry, next);
    if (entry.reached !== undefined) entry.reached.route.gone = true;
    forget(entry);
    return undefined;
  };
  return {
    neighbourUp(neighbour) {
      const entry = entryOf(neighbour.address);
      entry.direct = neighbour;
      return settle(entry, neighbour);
    },
    neighbourDown(neighbour) {
      const entry = entryOf(neighbour.address);
      if (entry.direct === neighbour) entry.direct = undefined;
      return settleOrForget(entry);
    },
    wayUp(router, via) {
      const entry = entryOf(router);
      entry.via = via;
      return settle(entry, entry.direct ?? via);
    },
    wayDown(router) {
      const entry = entryOf(router);
      entry.via = undefined;
      return settleOrForget(entry);
    },
    get: (buffer, at) => entries.get(buffer, at)?.reached,
    *all() {
      for (const { reached } of inOrder) if (reached !== undefined) yield reached;
    },
    *correspondents() {
      for (const { reached } of inOrder) if (reached !== undefined) yield reached.correspondent;
    },
    through: (neighbour) =>
      [...inOrder].flatMap(({ address, via }) => (via === neighbour ? [address] : [])),
  };
}

function reach(address: Uint8Array, next: Neighbour) {
  const name = nameOf(address);
  const isNeighbour = next.name === name;
  const { name: holder, signatures } = next;
  const correspondent = isNeighbour ? next : { address, name, holder, signatures };
  return { correspondent, isNeighbour, next, route: { neighbour: next.id, gone: false } };
}
