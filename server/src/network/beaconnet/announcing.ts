// SPDX-License-Identifier: GPL-3.0-or-later

// Beacons: our own, and those of others with the ways there. Invariants: a beacon is believed only
// if its router has signed it, for its lifetime after we first heard it at most, and its signature
// is looked at only where there is room for its router.

import { createTokenBucket } from "../../core/index.js";
import { PURPOSES } from "../../identity/index.js";
import { MOST_SEQ } from "../constants.js";
import { nameOf } from "../locating/names.js";
import { type BeaconRecord, decodeBeacon, encodeBeacon } from "../records/beacon.js";
import { sameBytes } from "../records/signed.js";
import type { RecordVerifier } from "../records/verifier.js";
import type { RouterEnvironment } from "../router.js";
import {
  BEACON_MS,
  BEACON_SECONDS,
  EXTRA_BEACONS_BURST,
  EXTRA_BEACONS_PER_SECOND,
  MOST_HOPS,
  OVERTAKEN_BURST,
  OVERTAKEN_PER_SECOND,
  UNREACHABLE,
} from "./constants.js";
import type { BeaconnetCounters } from "./counters.js";
import { createForgotten } from "./forgotten.js";
import { encodeMessage, type RouteEntry } from "./messages.js";
import { costTo, type Neighbour, type Neighbours } from "./neighbours.js";
import { createPostponed } from "./postponed.js";
import {
  createRoutes,
  type Distance,
  type KnownRouter,
  type Offer,
  type Routes,
} from "./routes.js";
import { createTelling } from "./telling.js";
import { createWanting, type Want } from "./wanting.js";

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
  heardWant(want: Want, from: Neighbour, nowMs: number): void;
  /** Sends what is due. */
  work(nowMs: number): void;
  readonly nextMs: number;
}

const NEVER = Number.POSITIVE_INFINITY;
const UNKNOWN: Distance = { leastSeq: -1, leastCost: 0, leastUntilMs: 0, newest: undefined };

/** Nothing is known. */
export function createAnnouncing(options: AnnouncingOptions): Announcing {
  const { tag, self, random, unixMs, verifier, neighbours, counters, sink } = options;
  const ownAddress = self.address.bytes;
  const forgotten = createForgotten();
  const extra = createTokenBucket(EXTRA_BEACONS_PER_SECOND, EXTRA_BEACONS_BURST);
  const overtaken = createTokenBucket(OVERTAKEN_PER_SECOND, OVERTAKEN_BURST);
  let own:
    | { readonly seq: number; readonly bytes: Uint8Array; readonly madeMs: number }
    | undefined;
  let ownSeq = 0;
  let beaconMs = NEVER;
  let extraMs = NEVER;

  const telling = createTelling({
    ...options,
    ownSeq: () => own?.seq ?? -1,
    ownEntry(nowMs) {
      if (own === undefined) return undefined;
      const secondsLeft = BEACON_SECONDS - Math.ceil((nowMs - own.madeMs) / 1000);
      return secondsLeft > 0 ? { cost: 0, hops: 0, secondsLeft, beacon: own.bytes } : undefined;
    },
  });
  const wanting = createWanting(options);
  const postponed = createPostponed(wanting);
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
    holderOf: (id) => neighbours.get(id)?.holder,
    changed: telling.changed,
    starved: wanting.want,
    forgotten(router, nowMs) {
      forgotten.keep(router);
      telling.forgotten(router, nowMs);
    },
  });

  // ---- our own beacon ----

  function makeBeacon(nowMs: number): void {
    const clock = unixMs();
    const floor = clock > 0 && clock < MOST_SEQ ? Math.floor(clock) : 0;
    ownSeq = Math.min(MOST_SEQ, Math.max(ownSeq + 1, floor));
    const fields = { publicKey: self.publicKey, seq: ownSeq, lifetimeSeconds: BEACON_SECONDS };
    const bytes = encodeBeacon(tag, fields, (body) => self.sign(PURPOSES.beacon, body));
    own = { seq: ownSeq, bytes, madeMs: nowMs };
    counters.beaconsMade += 1;
    extraMs = NEVER;
    beaconMs = nowMs + BEACON_MS * (1 - random.u32() / 2 ** 32 / 10);
    telling.gather(nowMs);
  }
  /** A new beacon, now or as soon as one may be made. */
  function makeExtra(nowMs: number): void {
    if (extra.take(nowMs)) makeBeacon(nowMs);
    else extraMs = Math.min(extraMs, nowMs + 1000 / EXTRA_BEACONS_PER_SECOND);
  }
  /** A beacon with our key that is ahead of ours: of an earlier run, or of another daemon (R3). */
  function heardOwn(record: BeaconRecord, from: Neighbour, nowMs: number): void {
    if (record.seq <= ownSeq || record.seq >= MOST_SEQ) return;
    if (verifier.beacon(record, from.beacons, nowMs) !== "valid") return;
    ownSeq = record.seq;
    counters.beaconsOvertaken += 1;
    // Two that have the key must not outbid each other without end: the next regular one is above.
    if (overtaken.take(nowMs)) makeExtra(nowMs);
  }

  // ---- what neighbours tell ----

  /** The beacon as an offer of the router has it already, or its end if its router has signed it. */
  function checked(
    record: BeaconRecord,
    distance: Distance,
    offers: Iterable<Offer>,
    from: Neighbour,
    nowMs: number,
  ): Pick<Offer, "beacon" | "endsMs"> | "invalid" | "refused" {
    for (const offer of offers) {
      if (sameBytes(offer.beacon.bytes, record.bytes)) return offer;
    }
    const verdict = verifier.beacon(record, from.beacons, nowMs);
    if (verdict !== "valid") return verdict;
    const endsMs = nowMs + 1000 * record.lifetimeSeconds;
    const isSame = record.seq === distance.leastSeq;
    return { beacon: record, endsMs: isSame ? Math.min(endsMs, distance.leastUntilMs) : endsMs };
  }
  const isOver = ({ leastSeq, leastUntilMs }: Distance, seq: number, nowMs: number): boolean =>
    seq < leastSeq || (seq === leastSeq && leastUntilMs <= nowMs);
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
    const isOfNeighbour = sameBytes(address, from.address);
    const distance = before ?? forgotten.get(nameOf(address)) ?? UNKNOWN;
    const isOld = isOver(distance, record.seq, nowMs);
    if (isOld || entry.cost === UNREACHABLE) {
      if (isOld) heardOld(distance, isOfNeighbour, from, nowMs);
      if (before !== undefined) routes.retract(before, from.id, nowMs);
      return;
    }
    if (before === undefined && !routes.admits(from.holder, isOfNeighbour)) {
      counters.routersRefused += 1;
      return;
    }
    const beacon = checked(record, distance, before?.offers.values() ?? [], from, nowMs);
    if (beacon === "refused") {
      counters.beaconsRefused += 1;
      postponed.add(address, nameOf(address), record.seq, from, nowMs);
    } else if (beacon === "invalid") {
      counters.beaconsInvalid += 1;
      if (before !== undefined) routes.retract(before, from.id, nowMs);
    } else {
      const router = before ?? routes.add(address, from.holder, distance, nowMs);
      if (router !== undefined) offer(router, beacon, entry, from, nowMs);
    }
  }
  /** A router that is behind its own beacons, by a clock that was set back maybe, is shown the newest. */
  function heardOld({ newest }: Distance, isOwn: boolean, from: Neighbour, nowMs: number): void {
    counters.beaconsOld += 1;
    if (newest === undefined || !isOwn) return;
    const entry = { cost: UNREACHABLE, hops: 0, secondsLeft: 0, beacon: newest.bytes };
    const message = encodeMessage({ type: "routes", entries: [entry] });
    if (!sink.sendControl(from.id, message, nowMs)) counters.controlNotSent += 1;
  }
  function offer(
    router: KnownRouter,
    { beacon, endsMs }: Pick<Offer, "beacon" | "endsMs">,
    { cost, hops, secondsLeft }: RouteEntry,
    from: Neighbour,
    nowMs: number,
  ): void {
    // Seconds left are nobody's signature: who says few ends his own way only.
    const untilMs = Math.min(nowMs + 1000 * secondsLeft, endsMs);
    from.has.set(router, beacon.seq);
    routes.offer(router, from.id, { beacon, cost, hops, untilMs, endsMs }, nowMs);
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
      offer(router, known, entry, from, nowMs);
      return;
    }
    counters.beaconsOld += 1;
    routes.retract(router, from.id, nowMs);
    // It takes us to have that beacon. It is told otherwise, if it may still be worth having.
    if (seq <= MOST_SEQ && seq >= router.leastSeq) wanting.wantFrom(from, router, seq, nowMs);
  }

  return {
    routes,
    neighbourUp(neighbour, nowMs) {
      for (const router of routes.all()) if (router.neighbour >= 0) neighbour.dirty.add(router);
      makeExtra(nowMs);
      // At once, so that it knows us before it hears of our nodes.
      telling.flushTo(neighbour, nowMs);
    },
    neighbourChanged: ({ id }, nowMs) => routes.linkChanged(id, nowMs),
    neighbourDown(neighbour, nowMs) {
      postponed.forget(neighbour);
      routes.neighbourDown(neighbour.id, nowMs);
    },
    heardRoutes(entries, from, nowMs) {
      for (const entry of entries) {
        const { beacon } = entry;
        if (entry.hops > MOST_HOPS) counters.beaconsInvalid += 1;
        else if (beacon instanceof Uint8Array) heardWhole(entry, beacon, from, nowMs);
        else heardShort(entry, beacon, from, nowMs);
      }
    },
    heardWant(want, from, nowMs) {
      if (!from.wants.take(nowMs)) {
        counters.wantsRefused += 1;
        return;
      }
      if (sameBytes(want.router, ownAddress)) {
        // Only the next number: nobody is to drive ours up.
        if (want.seq === ownSeq + 1) makeExtra(nowMs);
        else from.ownSeq = -1;
        telling.gather(nowMs);
        return;
      }
      const router = routes.get(want.router);
      if (router === undefined || router.neighbour < 0) return;
      if (router.leastSeq >= want.seq) telling.tellWhole(router, from, nowMs);
      else wanting.pass(want, router, from, nowMs);
    },
    work(nowMs) {
      if (beaconMs <= nowMs) makeBeacon(nowMs);
      else if (extraMs <= nowMs) {
        extraMs = NEVER;
        makeExtra(nowMs);
      }
      postponed.work(nowMs);
      telling.work(nowMs);
    },
    get nextMs() {
      return neighbours.size() === 0
        ? NEVER
        : Math.min(beaconMs, extraMs, postponed.nextMs, telling.nextMs);
    },
  };
}
