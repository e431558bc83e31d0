// SPDX-License-Identifier: GPL-3.0-or-later

// The ways to all routers: what each neighbour offers, and which offer is taken. The algorithm is
// that of Babel (RFC 8966, section 2) with sequence numbers that only the router itself can sign.
// Invariant: an offer is taken only if it is newer than every way we had, or of the same age and
// cheaper than the cheapest we ever told of (the feasibility condition): so no loop can form.

import { type AddressMap, createAddressMap, type Random } from "../../core/index.js";
import type { Route } from "../locating/context.js";
import { nameOf } from "../locating/names.js";
import type { BeaconRecord } from "../records/beacon.js";
import {
  DOUBTFUL_COST,
  MOST_ROUTERS,
  SWITCH_COST,
  SWITCH_SHARE,
  UNREACHABLE,
} from "./constants.js";

/** What a neighbour says it could do for us. */
export interface Offer {
  /** Verified. */
  readonly beacon: BeaconRecord;
  /** From that neighbour on, in microseconds. */
  cost: number;
  hops: number;
  untilMs: number;
  /** When the beacon ends whatever neighbours say: its lifetime after it was first heard. */
  readonly endsMs: number;
}

/** The feasibility distance: what an offer has to be newer, or cheaper, than. */
export interface Distance {
  leastSeq: number;
  leastCost: number;
  /** When the beacon with that number ends: repeated later, it counts no more. */
  leastUntilMs: number;
  /** That beacon: to be returned to a router that is behind it (R3). */
  newest: BeaconRecord | undefined;
}

/** A router, and the ways there. */
export interface KnownRouter extends Route, Distance {
  /** 32 bytes. */
  readonly address: Uint8Array;
  readonly name: string;
  /** Whose share it takes: the neighbour that told of it first, while there is room for all. */
  holder: string;
  /** By neighbour. */
  readonly offers: Map<number, Offer>;
  /** The neighbour that is taken; -1: there is no way now. */
  neighbour: number;
  /** Of the way that is taken, from here; UNREACHABLE without one. */
  cost: number;
  gone: boolean;
}

/** What the ways depend on. */
export interface RoutesOptions {
  readonly random: Random;
  /** What a packet to this neighbour costs, in microseconds. */
  readonly linkCost: (neighbour: number) => number;
  /** Whether this neighbour is that router. */
  readonly isDirect: (neighbour: number, router: KnownRouter) => boolean;
  /** Whose share takes what this neighbour tells of. */
  readonly holderOf: (neighbour: number) => string | undefined;
  /** Another way is taken, or its cost is another, or it is newer, or there is none any more. */
  readonly changed: (router: KnownRouter, nowMs: number) => void;
  /** There are offers, but none that may be taken, or but a bad one: a newer beacon would help. */
  readonly starved: (router: KnownRouter, nowMs: number) => void;
  /** It was forgotten. */
  readonly forgotten: (router: KnownRouter, nowMs: number) => void;
}

/** The ways. */
export interface Routes {
  get(address: Uint8Array): KnownRouter | undefined;
  /** The one whose address stands at `at`. */
  find(buffer: Uint8Array, at: number): KnownRouter | undefined;
  /** Whether there is room for a new one in this holder's share. For a neighbour there always is. */
  admits(holder: string, isNeighbour: boolean): boolean;
  /** A new router; `before`: as it was when it was forgotten. Undefined: there is no room. */
  add(
    address: Uint8Array,
    holder: string,
    before: Distance,
    nowMs: number,
  ): KnownRouter | undefined;
  /** A neighbour offers a way. */
  offer(router: KnownRouter, neighbour: number, offer: Offer, nowMs: number): void;
  /** It does not any more. */
  retract(router: KnownRouter, neighbour: number, nowMs: number): void;
  /** The cost of its link has changed. */
  linkChanged(neighbour: number, nowMs: number): void;
  neighbourDown(neighbour: number, nowMs: number): void;
  /** Drops what was not refreshed. */
  expire(nowMs: number): void;
  all(): Iterable<KnownRouter>;
  size(): number;
}

/** No router is known. */
export function createRoutes(options: RoutesOptions): Routes {
  const { linkCost, isDirect, changed } = options;
  const routers: AddressMap<KnownRouter> = createAddressMap<KnownRouter>(options.random);
  const shares = new Map<string, Set<KnownRouter>>();

  const isFeasible = ({ leastSeq, leastCost }: KnownRouter, { beacon, cost }: Offer): boolean =>
    beacon.seq > leastSeq || (beacon.seq === leastSeq && cost < leastCost);
  const costOf = (neighbour: number, offer: Offer): number =>
    Math.min(UNREACHABLE - 1, offer.cost + linkCost(neighbour));
  const shareOf = (holder: string): number => shares.get(holder)?.size ?? 0;
  const join = (router: KnownRouter, holder: string): void => {
    router.holder = holder;
    const share = shares.get(holder) ?? new Set();
    shares.set(holder, share.add(router));
  };
  const part = (router: KnownRouter): void => {
    const share = shares.get(router.holder);
    share?.delete(router);
    if (share?.size === 0) shares.delete(router.holder);
  };
  const forget = (router: KnownRouter, nowMs: number): void => {
    routers.delete(router.address);
    part(router);
    router.gone = true;
    router.neighbour = -1;
    router.offers.clear();
    options.forgotten(router, nowMs);
  };
  const largestShare = (): ReadonlySet<KnownRouter> => {
    let largest: ReadonlySet<KnownRouter> = new Set();
    for (const share of shares.values()) if (share.size > largest.size) largest = share;
    return largest;
  };
  const admits = (holder: string, isNeighbour: boolean): boolean =>
    isNeighbour || routers.size() < MOST_ROUTERS || largestShare().size > shareOf(holder) + 1;
  /** Somebody else who offers a way to it, and holds less by more than one. */
  const otherHolder = (router: KnownRouter): string | undefined => {
    const size = shareOf(router.holder);
    for (const neighbour of router.offers.keys()) {
      const holder = options.holderOf(neighbour);
      if (holder !== undefined && shareOf(holder) + 1 < size) return holder;
    }
    return undefined;
  };
  /**
   * The newest of the largest share goes: who has been there for long stays, whatever comes. But
   * first what others have told of as well is theirs, and a neighbour stays.
   */
  const makeRoom = (nowMs: number): void => {
    for (const router of [...largestShare()].reverse()) {
      if ([...router.offers.keys()].some((neighbour) => isDirect(neighbour, router))) continue;
      const other = otherHolder(router);
      if (other === undefined) {
        forget(router, nowMs);
        return;
      }
      part(router);
      join(router, other);
    }
  };
  /** The best feasible offer: a direct neighbour's own, else the cheapest. */
  const best = (router: KnownRouter): number => {
    let chosen = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const [neighbour, offer] of router.offers) {
      if (!isFeasible(router, offer)) continue;
      if (isDirect(neighbour, router)) return neighbour;
      const cost = costOf(neighbour, offer);
      if (cost >= least) continue;
      least = cost;
      chosen = neighbour;
    }
    return chosen;
  };
  /**
   * Whether the way that is taken stays. It may become dearer than its feasibility distance without
   * a loop: whoever it goes through has a lesser distance, and cannot have chosen us.
   */
  const mayStay = (router: KnownRouter, candidate: number): boolean => {
    const offer = router.offers.get(router.neighbour);
    if (offer === undefined || offer.beacon.seq < router.leastSeq) return false;
    const other = router.offers.get(candidate);
    if (other === undefined || candidate === router.neighbour) return true;
    if (isDirect(candidate, router)) return false;
    const cost = costOf(router.neighbour, offer);
    const otherCost = costOf(candidate, other);
    return otherCost > SWITCH_SHARE * cost || cost - otherCost < SWITCH_COST;
  };
  const choose = (router: KnownRouter, nowMs: number): void => {
    const candidate = best(router);
    const chosen = mayStay(router, candidate) ? router.neighbour : candidate;
    const offer = router.offers.get(chosen);
    const before = router.cost;
    const beforeSeq = router.leastSeq;
    const moved = chosen !== router.neighbour;
    router.neighbour = offer === undefined ? -1 : chosen;
    router.cost = offer === undefined ? UNREACHABLE : costOf(chosen, offer);
    if (offer !== undefined) {
      const { seq } = offer.beacon;
      const isNewer = seq > router.leastSeq;
      router.leastCost = isNewer ? router.cost : Math.min(router.leastCost, router.cost);
      router.leastSeq = seq;
      if (isNewer) {
        router.leastUntilMs = offer.endsMs;
        router.newest = offer.beacon;
      }
    }
    if (moved || before !== router.cost || beforeSeq !== router.leastSeq) changed(router, nowMs);
    if (isStarved(router)) options.starved(router, nowMs);
  };
  const isStarved = ({ cost, offers }: KnownRouter): boolean =>
    cost >= DOUBTFUL_COST && offers.size > 0;

  return {
    get: (address) => routers.get(address, 0),
    find: (buffer, at) => routers.get(buffer, at),
    admits,
    add(address, holder, before, nowMs) {
      if (routers.size() >= MOST_ROUTERS) makeRoom(nowMs);
      if (routers.size() >= MOST_ROUTERS) return undefined;
      const router: KnownRouter = {
        address: address.slice(),
        name: nameOf(address),
        holder,
        offers: new Map(),
        neighbour: -1,
        cost: UNREACHABLE,
        gone: false,
        leastSeq: before.leastSeq,
        leastCost: before.leastCost,
        leastUntilMs: before.leastUntilMs,
        newest: before.newest,
      };
      routers.set(router.address, router);
      join(router, holder);
      return router;
    },
    offer(router, neighbour, offer, nowMs) {
      router.offers.set(neighbour, offer);
      choose(router, nowMs);
    },
    retract(router, neighbour, nowMs) {
      if (router.offers.delete(neighbour)) choose(router, nowMs);
    },
    linkChanged(neighbour, nowMs) {
      for (const router of routers.values()) {
        if (router.offers.has(neighbour)) choose(router, nowMs);
      }
    },
    neighbourDown(neighbour, nowMs) {
      for (const router of [...routers.values()]) {
        if (router.offers.delete(neighbour)) choose(router, nowMs);
      }
    },
    expire(nowMs) {
      for (const router of [...routers.values()]) {
        let ended = false;
        for (const [neighbour, { untilMs }] of router.offers) {
          if (untilMs > nowMs) continue;
          router.offers.delete(neighbour);
          ended = true;
        }
        if (ended || isStarved(router)) choose(router, nowMs);
        if (router.offers.size === 0) forget(router, nowMs);
      }
    },
    all: () => routers.values(),
    size() {
      return routers.size();
    },
  };
}
