// SPDX-License-Identifier: GPL-3.0-or-later

// Beacons: our own, and those of others with the ways there. Invariants: a beacon is believed only
// if its router has signed it; what is gathered in GATHER_MS is told together; a neighbour is told
// each beacon whole once.

import { createLru, createTokenBucket } from "../../core/index.js";
import { PURPOSES } from "../../identity/index.js";
import { MOST_SEQ } from "../constants.js";
import { type BeaconRecord, decodeBeacon, encodeBeacon } from "../records/beacon.js";
import { sameBytes } from "../records/signed.js";
import type { RecordVerifier } from "../records/verifier.js";
import type { RouterEnvironment } from "../router.js";
import {
  BEACON_MS,
  BEACON_SECONDS,
  EXTRA_BEACONS_BURST,
  EXTRA_BEACONS_PER_SECOND,
  GATHER_MS,
  MOST_FORGOTTEN,
  MOST_HOPS,
  MOST_ROUTES_BYTES,
  TELL_COST,
  TELL_SHARE,
  UNREACHABLE,
  WANT_AGAIN_MS,
} from "./constants.js";
import type { BeaconnetCounters } from "./counters.js";
import { encodeMessage, entryBytes, type Message, type RouteEntry } from "./messages.js";
import { costTo, type Neighbour, type Neighbours } from "./neighbours.js";
import {
  createRoutes,
  type Distance,
  type KnownRouter,
  type Offer,
  type Routes,
} from "./routes.js";

/** What it needs. */
export interface AnnouncingOptions extends RouterEnvironment {
  readonly verifier: RecordVerifier;
  readonly neighbours: Neighbours;
  readonly counters: BeaconnetCounters;
  /** There is a way to a router to which there was none. */
  readonly reached: (router: KnownRouter, nowMs: number) => void;
}

/** Beacons and ways. */
export interface Announcing {
  readonly routes: Routes;
  neighbourUp(neighbour: Neighbour, nowMs: number): void;
  /** Its cost has changed, or whether it is in doubt. */
  neighbourChanged(neighbour: Neighbour, nowMs: number): void;
  neighbourDown(neighbour: Neighbour, nowMs: number): void;
  heardRoutes(entries: readonly RouteEntry[], from: Neighbour, nowMs: number): void;
  heardWant(want: Extract<Message, { type: "want" }>, from: Neighbour, nowMs: number): void;
  /** Sends what is due. */
  work(nowMs: number): void;
  readonly nextMs: number;
}

const NEVER = Number.POSITIVE_INFINITY;

/** Nothing is known. */
export function createAnnouncing(options: AnnouncingOptions): Announcing {
  const { tag, self, random, unixMs, verifier, neighbours, counters, sink } = options;
  const ownAddress = self.address.bytes;
  const forgotten = createLru<string, Distance>(MOST_FORGOTTEN);
  const extra = createTokenBucket(EXTRA_BEACONS_PER_SECOND, EXTRA_BEACONS_BURST);
  const toldWays = new WeakMap<KnownRouter, { seq: number; cost: number }>();
  let own:
    | { readonly seq: number; readonly bytes: Uint8Array; readonly madeMs: number }
    | undefined;
  let ownSeq = 0;
  let beaconMs = NEVER;
  let flushMs = NEVER;
  let extraWanted = false;

  const routes = createRoutes({
    random,
    linkCost(id) {
      const neighbour = neighbours.get(id);
      return neighbour === undefined ? UNREACHABLE : costTo(neighbour);
    },
    isDirect(id, { name }) {
      const neighbour = neighbours.get(id);
      return neighbour?.name === name && !neighbour.doubtful;
    },
    changed,
    starved: want,
    isAwaited: (router) => [...neighbours.all()].some(({ dirty }) => dirty.has(router)),
    forgotten(router) {
      const { leastSeq, leastCost, leastUntilMs, newest } = router;
      forgotten.set(router.name, { leastSeq, leastCost, leastUntilMs, newest });
      for (const neighbour of neighbours.all()) {
        neighbour.has.delete(router);
        neighbour.told.delete(router);
        neighbour.dirty.delete(router);
      }
    },
  });
  const gather = (nowMs: number): void => {
    flushMs = Math.min(flushMs, nowMs + GATHER_MS);
  };
  const send = (message: Message, to: Neighbour, nowMs: number): boolean => {
    if (sink.sendControl(to.id, encodeMessage(message), nowMs)) return true;
    counters.controlNotSent += 1;
    return false;
  };

  // ---- ways of ours that changed ----

  function changed(router: KnownRouter, nowMs: number): void {
    const told = toldWays.get(router);
    const { leastSeq: seq, cost } = router;
    if (router.neighbour < 0) {
      if (told === undefined) return;
      toldWays.delete(router);
    } else {
      if (told === undefined) options.reached(router, nowMs);
      const difference = Math.abs(cost - (told?.cost ?? 0));
      const isNews =
        told === undefined ||
        told.seq !== seq ||
        (difference > TELL_COST && difference > TELL_SHARE * told.cost);
      if (!isNews) return;
      toldWays.set(router, { seq, cost });
    }
    for (const neighbour of neighbours.all()) neighbour.dirty.add(router);
    gather(nowMs);
  }
  /** Asks for a beacon that is newer than any way we had. */
  function want(router: KnownRouter, nowMs: number): void {
    if (nowMs - router.wantedMs < WANT_AGAIN_MS) return;
    router.wantedMs = nowMs;
    const seq = Math.min(MOST_SEQ, router.leastSeq + 1);
    const message: Message = { type: "want", hopsLeft: MOST_HOPS, router: router.address, seq };
    for (const neighbour of neighbours.all()) send(message, neighbour, nowMs);
  }

  // ---- our own beacon ----

  function makeBeacon(nowMs: number): void {
    const clock = unixMs();
    const floor = clock > 0 && clock < MOST_SEQ ? Math.floor(clock) : 0;
    ownSeq = Math.min(MOST_SEQ, Math.max(ownSeq + 1, floor));
    const fields = { publicKey: self.publicKey, seq: ownSeq, lifetimeSeconds: BEACON_SECONDS };
    const bytes = encodeBeacon(tag, fields, (body) => self.sign(PURPOSES.beacon, body));
    own = { seq: ownSeq, bytes, madeMs: nowMs };
    counters.beaconsMade += 1;
    extraWanted = false;
    beaconMs = nowMs + BEACON_MS * (1 - random.u32() / 2 ** 32 / 10);
    gather(nowMs);
  }
  /** A new beacon, now or as soon as one may be made. */
  function makeExtra(nowMs: number): void {
    if (extra.take(nowMs)) makeBeacon(nowMs);
    else extraWanted = true;
    gather(nowMs);
  }

  // ---- what neighbours are told ----

  function entryFor(router: KnownRouter, to: Neighbour, nowMs: number): RouteEntry | undefined {
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
  }
  function flushTo(neighbour: Neighbour, nowMs: number): void {
    let entries: RouteEntry[] = [];
    let bytes = 0;
    const sendEntries = (): void => {
      if (entries.length === 0) return;
      counters.routesSent += entries.length;
      send({ type: "routes", entries }, neighbour, nowMs);
      entries = [];
      bytes = 0;
    };
    const add = (entry: RouteEntry): void => {
      entries.push(entry);
      bytes += entryBytes(entry);
      if (bytes >= MOST_ROUTES_BYTES) sendEntries();
    };
    if (own !== undefined && neighbour.ownSeq !== own.seq) {
      neighbour.ownSeq = own.seq;
      const secondsLeft = BEACON_SECONDS - Math.ceil((nowMs - own.madeMs) / 1000);
      if (secondsLeft > 0) add({ cost: 0, hops: 0, secondsLeft, beacon: own.bytes });
    }
    const dirty = [...neighbour.dirty];
    neighbour.dirty.clear();
    for (const router of dirty) {
      const entry = entryFor(router, neighbour, nowMs);
      if (entry !== undefined) add(entry);
    }
    sendEntries();
  }

  // ---- what neighbours tell ----

  /** The beacon, if it is a new one that its router has signed, or one that was. */
  function verified(
    record: BeaconRecord,
    router: KnownRouter,
    from: Neighbour,
    nowMs: number,
  ): boolean {
    for (const { beacon } of router.offers.values()) {
      if (beacon.seq === record.seq && sameBytes(beacon.bytes, record.bytes)) return true;
    }
    const verdict = verifier.beacon(record, from.signatures, nowMs);
    if (verdict === "invalid") counters.beaconsInvalid += 1;
    if (verdict === "refused") counters.beaconsRefused += 1;
    return verdict === "valid";
  }
  function isOver({ leastSeq, leastUntilMs }: KnownRouter, seq: number, nowMs: number): boolean {
    return seq < leastSeq || (seq === leastSeq && leastUntilMs <= nowMs);
  }
  function heardWhole(entry: RouteEntry, bytes: Uint8Array, from: Neighbour, nowMs: number): void {
    const record = decodeBeacon(tag, bytes.slice());
    if (record === undefined) {
      counters.beaconsInvalid += 1;
      return;
    }
    const address = verifier.addressOf(record.publicKey);
    if (sameBytes(address, ownAddress)) {
      heardOwn(record, from, nowMs);
      return;
    }
    const before = routes.get(address);
    const router = before ?? provisional(address);
    const isOld = isOver(router, record.seq, nowMs);
    if (isOld || entry.cost === UNREACHABLE || !verified(record, router, from, nowMs)) {
      if (isOld) heardOld(router, from, nowMs);
      if (before !== undefined) routes.retract(before, from.id, nowMs);
      return;
    }
    const known = before ?? routes.want(address, from.holder, router);
    offer(known, record, entry, from, nowMs);
  }
  /** A router that is behind its own beacons, by a clock that was set back maybe, is shown the newest. */
  function heardOld({ name, newest }: KnownRouter, from: Neighbour, nowMs: number): void {
    counters.beaconsOld += 1;
    if (newest === undefined || from.name !== name) return;
    const entry = { cost: UNREACHABLE, hops: 0, secondsLeft: 0, beacon: newest.bytes };
    send({ type: "routes", entries: [entry] }, from, nowMs);
  }
  /** What is remembered of a router that is not known: enough to judge a beacon of it. */
  function provisional(address: Uint8Array): KnownRouter {
    const name = Buffer.from(address).toString("hex");
    return { ...UNKNOWN, ...forgotten.get(name), address, name };
  }
  function offer(
    router: KnownRouter,
    beacon: BeaconRecord,
    { cost, hops, secondsLeft }: RouteEntry,
    from: Neighbour,
    nowMs: number,
  ): void {
    const untilMs = nowMs + 1000 * Math.min(secondsLeft, beacon.lifetimeSeconds);
    const isSame = beacon.seq === router.leastSeq;
    const made: Offer = {
      beacon,
      cost,
      hops,
      untilMs: isSame ? Math.min(untilMs, router.leastUntilMs) : untilMs,
    };
    from.has.set(router, beacon.seq);
    routes.offer(router, from.id, made, nowMs);
  }
  /** A beacon of ours from an earlier run, ahead of our clock: ours have to be above it (R3). */
  function heardOwn(record: BeaconRecord, from: Neighbour, nowMs: number): void {
    if (record.seq <= ownSeq || record.seq >= MOST_SEQ) return;
    if (verifier.beacon(record, from.signatures, nowMs) !== "valid") return;
    ownSeq = record.seq;
    makeExtra(nowMs);
  }
  function heardShort(
    entry: RouteEntry,
    { router: address, seq }: { readonly router: Uint8Array; readonly seq: number },
    from: Neighbour,
    nowMs: number,
  ): void {
    const router = routes.get(address);
    if (router === undefined) return;
    if (entry.cost === UNREACHABLE) {
      from.has.delete(router);
      routes.retract(router, from.id, nowMs);
      return;
    }
    const known = [...router.offers.values()].find(({ beacon }) => beacon.seq === seq);
    if (known !== undefined && !isOver(router, seq, nowMs)) {
      offer(router, known.beacon, entry, from, nowMs);
      return;
    }
    counters.beaconsOld += 1;
    routes.retract(router, from.id, nowMs);
    // It takes us to have that beacon. It is told otherwise, if it may still be worth having.
    if (seq <= MOST_SEQ && seq >= router.leastSeq) {
      send({ type: "want", hopsLeft: 1, router: router.address, seq }, from, nowMs);
    }
  }

  return {
    routes,
    neighbourUp(neighbour, nowMs) {
      for (const router of routes.all()) if (router.neighbour >= 0) neighbour.dirty.add(router);
      makeExtra(nowMs);
      // At once, so that it knows us before it hears of our nodes.
      flushTo(neighbour, nowMs);
    },
    neighbourChanged: ({ id }, nowMs) => routes.linkChanged(id, nowMs),
    neighbourDown: ({ id }, nowMs) => routes.neighbourDown(id, nowMs),
    heardRoutes(entries, from, nowMs) {
      for (const entry of entries) {
        const { beacon } = entry;
        if (entry.hops > MOST_HOPS) counters.beaconsInvalid += 1;
        else if (beacon instanceof Uint8Array) heardWhole(entry, beacon, from, nowMs);
        else heardShort(entry, beacon, from, nowMs);
      }
    },
    heardWant({ hopsLeft, router: address, seq }, from, nowMs) {
      if (sameBytes(address, ownAddress)) {
        // Only the next number: nobody is to drive ours up.
        if (seq === ownSeq + 1) makeExtra(nowMs);
        else from.ownSeq = -1;
        gather(nowMs);
        return;
      }
      const router = routes.get(address);
      if (router === undefined || router.neighbour < 0) return;
      if (router.leastSeq >= seq) {
        from.has.delete(router);
        from.dirty.add(router);
        gather(nowMs);
        return;
      }
      const next = neighbours.get(router.neighbour);
      if (next === undefined || next === from || hopsLeft <= 1) return;
      if (nowMs - router.wantedMs < WANT_AGAIN_MS) return;
      router.wantedMs = nowMs;
      send({ type: "want", hopsLeft: hopsLeft - 1, router: address, seq }, next, nowMs);
    },
    work(nowMs) {
      if (beaconMs <= nowMs || (extraWanted && extra.take(nowMs))) makeBeacon(nowMs);
      if (flushMs > nowMs) return;
      flushMs = extraWanted ? nowMs + 1000 / EXTRA_BEACONS_PER_SECOND : NEVER;
      for (const neighbour of neighbours.all()) flushTo(neighbour, nowMs);
    },
    get nextMs() {
      return neighbours.size === 0 ? NEVER : Math.min(beaconMs, flushMs);
    },
  };
}

const UNKNOWN = {
  holder: "",
  offers: new Map<number, Offer>(),
  leastSeq: -1,
  leastCost: 0,
  leastUntilMs: 0,
  newest: undefined,
  neighbour: -1,
  cost: UNREACHABLE,
  gone: false,
  wantedMs: Number.NEGATIVE_INFINITY,
};
