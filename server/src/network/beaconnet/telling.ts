// SPDX-License-Identifier: GPL-3.0-or-later

// What neighbours are told of our ways. Invariants: what is gathered in GATHER_MS is told together;
// each neighbour is told each beacon whole once; what a link did not take is told later; and a way
// that changes all the time is told rarely, so that who makes it change costs the others little.

import { createLru, createTokenBucket, type TokenBucket } from "../../core/index.js";
import type { RouterEnvironment } from "../router.js";
import {
  GATHER_MS,
  MOST_FORGOTTEN,
  MOST_HOPS,
  MOST_ROUTES_BYTES,
  NEWS_BURST,
  NEWS_LATER_MS,
  NEWS_PER_SECOND,
  SEND_AGAIN_MS,
  TELL_COST,
  TELL_SHARE,
  UNREACHABLE,
} from "./constants.js";
import type { BeaconnetCounters } from "./counters.js";
import { encodeMessage, entryBytes, type RouteEntry } from "./messages.js";
import type { Neighbour, Neighbours } from "./neighbours.js";
import type { KnownRouter } from "./routes.js";

/** What it needs. */
export interface TellingOptions extends Pick<RouterEnvironment, "sink"> {
  readonly neighbours: Neighbours;
  readonly counters: BeaconnetCounters;
  /** Our own beacon as it is told now, if there is one; and its number. */
  readonly ownEntry: (nowMs: number) => RouteEntry | undefined;
  readonly ownSeq: () => number;
  /** There is a way to a router to which there was none. */
  readonly reached: (router: KnownRouter, nowMs: number) => void;
}

/** Tells neighbours. */
export interface Telling {
  /** Our way to this router has changed: neighbours are told, if it is worth it. */
  changed(router: KnownRouter, nowMs: number): void;
  /** This router is not known any more. */
  forgotten(router: KnownRouter, nowMs: number): void;
  /** A neighbour is told of it again, its beacon whole. */
  tellWhole(router: KnownRouter, to: Neighbour, nowMs: number): void;
  /** Something is to be told, soon. */
  gather(nowMs: number): void;
  flushTo(neighbour: Neighbour, nowMs: number): void;
  work(nowMs: number): void;
  readonly nextMs: number;
}

/** What neighbours were told of a router, or will be. */
interface Told {
  seq: number;
  /** UNREACHABLE: there was no way. */
  cost: number;
  readonly news: TokenBucket;
}

/** A line of a message of routes; without a router it is our own beacon. */
interface Line {
  readonly router: KnownRouter | undefined;
  readonly entry: RouteEntry;
}

const NEVER = Number.POSITIVE_INFINITY;

/** Nothing was told. */
export function createTelling(options: TellingOptions): Telling {
  const { sink, neighbours, counters } = options;
  // By name: a router that is forgotten and known again is no new one.
  const ways = createLru<string, Told>(MOST_FORGOTTEN);
  const later = new Set<KnownRouter>();
  let flushMs = NEVER;
  let laterMs = NEVER;

  const toldOf = (router: KnownRouter): Told => {
    const known = ways.get(router.name);
    if (known !== undefined) return known;
    const news = createTokenBucket(NEWS_PER_SECOND, NEWS_BURST);
    const made: Told = { seq: -1, cost: UNREACHABLE, news };
    ways.set(router.name, made);
    return made;
  };
  const isNews = ({ seq, cost }: Told, router: KnownRouter): boolean => {
    if (cost === UNREACHABLE || router.cost === UNREACHABLE) return cost !== router.cost;
    const difference = Math.abs(router.cost - cost);
    return seq !== router.leastSeq || (difference > TELL_COST && difference > TELL_SHARE * cost);
  };
  const gather = (nowMs: number): void => {
    flushMs = Math.min(flushMs, nowMs + GATHER_MS);
  };
  const spread = (router: KnownRouter, nowMs: number): void => {
    for (const neighbour of neighbours.all()) neighbour.dirty.add(router);
    gather(nowMs);
  };
  const entryFor = (router: KnownRouter, to: Neighbour, nowMs: number): RouteEntry | undefined => {
    const { address, neighbour, cost, leastSeq: seq } = router;
    if (neighbour === to.id) return undefined;
    const offer = router.offers.get(neighbour);
    if (offer === undefined || offer.hops >= MOST_HOPS) {
      if (!to.told.delete(router)) return undefined;
      return { cost: UNREACHABLE, hops: 0, secondsLeft: 0, beacon: { router: address, seq } };
    }
    const secondsLeft = Math.min(255, Math.floor((offer.untilMs - nowMs) / 1000));
    if (secondsLeft <= 0) return undefined;
    const known = to.has.get(router) === seq;
    to.has.set(router, seq);
    to.told.add(router);
    const beacon = known ? { router: address, seq } : offer.beacon.bytes;
    return { cost, hops: offer.hops + 1, secondsLeft, beacon };
  };
  /** Sends lines; false if the link did not take them: then they are sent again. */
  const sendLines = (lines: readonly Line[], to: Neighbour, nowMs: number): boolean => {
    if (lines.length === 0) return true;
    const message = encodeMessage({ type: "routes", entries: lines.map(({ entry }) => entry) });
    if (sink.sendControl(to.id, message, nowMs)) {
      counters.routesSent += lines.length;
      return true;
    }
    counters.controlNotSent += 1;
    for (const { router } of lines) {
      if (router === undefined) to.ownSeq = -1;
      else {
        to.has.delete(router);
        to.told.add(router);
        to.dirty.add(router);
      }
    }
    flushMs = Math.min(flushMs, nowMs + SEND_AGAIN_MS);
    return false;
  };
  const flushTo = (neighbour: Neighbour, nowMs: number): void => {
    let lines: Line[] = [];
    let bytes = 0;
    const add = (router: KnownRouter | undefined, entry: RouteEntry): void => {
      lines.push({ router, entry });
      bytes += entryBytes(entry);
    };
    if (neighbour.ownSeq !== options.ownSeq()) {
      neighbour.ownSeq = options.ownSeq();
      const entry = options.ownEntry(nowMs);
      if (entry !== undefined) add(undefined, entry);
    }
    for (const router of [...neighbour.dirty]) {
      neighbour.dirty.delete(router);
      const entry = entryFor(router, neighbour, nowMs);
      if (entry !== undefined) add(router, entry);
      if (bytes < MOST_ROUTES_BYTES) continue;
      if (!sendLines(lines, neighbour, nowMs)) return;
      lines = [];
      bytes = 0;
    }
    sendLines(lines, neighbour, nowMs);
  };
  return {
    changed(router, nowMs) {
      const told = toldOf(router);
      if (!isNews(told, router)) return;
      const isBack = told.cost === UNREACHABLE;
      told.seq = router.leastSeq;
      told.cost = router.cost;
      if (!told.news.take(nowMs)) {
        counters.newsDelayed += 1;
        later.add(router);
        laterMs = Math.min(laterMs, nowMs + NEWS_LATER_MS);
        return;
      }
      if (isBack) options.reached(router, nowMs);
      spread(router, nowMs);
    },
    forgotten(router, nowMs) {
      later.delete(router);
      toldOf(router).cost = UNREACHABLE;
      for (const neighbour of neighbours.all()) {
        neighbour.has.delete(router);
        // Who takes us to have a way is told that there is none.
        if (neighbour.told.has(router)) neighbour.dirty.add(router);
        else neighbour.dirty.delete(router);
      }
      gather(nowMs);
    },
    tellWhole(router, to, nowMs) {
      to.has.delete(router);
      to.dirty.add(router);
      gather(nowMs);
    },
    gather,
    flushTo,
    work(nowMs) {
      if (laterMs <= nowMs) {
        laterMs = NEVER;
        for (const router of [...later]) {
          later.delete(router);
          if (router.neighbour >= 0) options.reached(router, nowMs);
          spread(router, nowMs);
        }
      }
      if (flushMs > nowMs) return;
      flushMs = NEVER;
      for (const neighbour of neighbours.all()) flushTo(neighbour, nowMs);
    },
    get nextMs() {
      return Math.min(flushMs, laterMs);
    },
  };
}
