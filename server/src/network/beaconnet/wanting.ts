// SPDX-License-Identifier: GPL-3.0-or-later

// Requests for beacons that are newer than any way we had: our own, and those of others that are
// passed on. Invariant: what they make others do is bounded, by router and by the neighbour that
// causes them, and one that leads nowhere keeps none from being sent.

import { MOST_SEQ } from "../constants.js";
import type { RouterEnvironment } from "../router.js";
import { MOST_HOPS, WANT_AGAIN_MAX_MS, WANT_AGAIN_MS } from "./constants.js";
import type { BeaconnetCounters } from "./counters.js";
import { encodeMessage, type Message } from "./messages.js";
import type { Neighbour, Neighbours } from "./neighbours.js";
import type { KnownRouter } from "./routes.js";

/** A request, taken apart. */
export type Want = Extract<Message, { type: "want" }>;

/** What it needs. */
export interface WantingOptions extends Pick<RouterEnvironment, "sink"> {
  readonly neighbours: Neighbours;
  readonly counters: BeaconnetCounters;
}

/** Requests for newer beacons. */
export interface Wanting {
  /** Asks everybody for a beacon of this router that is newer than any way we had. */
  want(router: KnownRouter, nowMs: number): void;
  /** Passes a neighbour's request on, along the way to the router. */
  pass(want: Want, router: KnownRouter, from: Neighbour, nowMs: number): void;
  /** Asks a neighbour for a beacon that it has. */
  wantFrom(
    neighbour: Neighbour,
    router: Pick<KnownRouter, "address">,
    seq: number,
    nowMs: number,
  ): void;
}

/** What was asked of one router. */
interface Asked {
  /** Our own request: for which number, when, and how long after that comes the next. */
  seq: number;
  askedMs: number;
  waitMs: number;
  /** The last that was passed on. */
  passedSeq: number;
  passedMs: number;
  passedHops: number;
}

/** Nothing was asked for. */
export function createWanting({ sink, neighbours, counters }: WantingOptions): Wanting {
  const routers = new WeakMap<KnownRouter, Asked>();
  const of = (router: KnownRouter): Asked => {
    const known = routers.get(router);
    if (known !== undefined) return known;
    const longAgo = Number.NEGATIVE_INFINITY;
    const none = { askedMs: longAgo, waitMs: 0, passedSeq: -1, passedMs: longAgo, passedHops: 0 };
    const made: Asked = { seq: -1, ...none };
    routers.set(router, made);
    return made;
  };
  const send = (message: Want, to: Neighbour, nowMs: number): void => {
    if (!sink.sendControl(to.id, encodeMessage(message), nowMs)) counters.controlNotSent += 1;
  };
  return {
    want(router, nowMs) {
      const asked = of(router);
      const seq = Math.min(MOST_SEQ, router.leastSeq + 1);
      const isAgain = seq === asked.seq && nowMs - asked.askedMs < 2 * WANT_AGAIN_MAX_MS;
      if (nowMs - asked.askedMs < (isAgain ? asked.waitMs : WANT_AGAIN_MS)) return;
      if (neighbours.named(router.holder)?.wants.take(nowMs) === false) {
        counters.wantsRefused += 1;
        return;
      }
      asked.waitMs = isAgain ? Math.min(WANT_AGAIN_MAX_MS, 2 * asked.waitMs) : WANT_AGAIN_MS;
      asked.seq = seq;
      asked.askedMs = nowMs;
      counters.wantsSent += 1;
      const message: Want = { type: "want", hopsLeft: MOST_HOPS, router: router.address, seq };
      for (const neighbour of neighbours.all()) send(message, neighbour, nowMs);
    },
    pass(want, router, from, nowMs) {
      const next = neighbours.get(router.neighbour);
      const hopsLeft = Math.min(MOST_HOPS, want.hopsLeft) - 1;
      if (next === undefined || next === from || hopsLeft < 1) return;
      // Once for all who ask for this number. One that got less far is no reason to keep this back.
      const asked = of(router);
      const isRecent = nowMs - asked.passedMs < WANT_AGAIN_MS && asked.passedHops >= hopsLeft;
      if (isRecent && asked.passedSeq === want.seq) return;
      asked.passedSeq = want.seq;
      asked.passedMs = nowMs;
      asked.passedHops = hopsLeft;
      counters.wantsPassed += 1;
      send({ ...want, hopsLeft }, next, nowMs);
    },
    wantFrom(neighbour, { address }, seq, nowMs) {
      send({ type: "want", hopsLeft: 1, router: address, seq }, neighbour, nowMs);
    },
  };
}
