// SPDX-License-Identifier: GPL-3.0-or-later

// One transport address of the neighbour, and everything that is known about the way there.

import type { Random } from "../core/index.js";
import type { TransportAddress } from "../transport/index.js";
import { type Challenges, createChallenges } from "./challenges.js";
import { MAX_RUN_BYTES } from "./constants.js";
import { createFlight, type Flight } from "./flight.js";
import { createLossShare, type LossShare } from "./loss-share.js";
import { createMtuSearch, type MtuSearch } from "./mtu-search.js";
import { createRoundTrip, type RoundTrip } from "./round-trip.js";

/** How an address became known: by the operator, by discovery, or from a datagram's source. */
export type PathKind = "configured" | "discovered" | "learned";

/** A path. Times are monotonic milliseconds; -1 where nothing has happened yet. */
export interface Path {
  readonly address: TransportAddress;
  /** Never used for another path of the link. */
  readonly id: number;
  kind: PathKind;
  readonly rtt: RoundTrip;
  readonly loss: LossShare;
  readonly flight: Flight;
  readonly mtu: MtuSearch;
  readonly challenges: Challenges;
  /** The address has answered a challenge or a handshake, not too long ago: it may be used (L2). */
  proven: boolean;
  /** It has been proven at some time. */
  known: boolean;
  /** This machine cannot send there now. */
  failed: boolean;
  /** Bytes received from it less bytes sent to it; bounds what it gets until it is proven. */
  creditBytes: number;
  /** When something authentic last came from there. */
  heardMs: number;
  /** When something was last sent there. */
  sentMs: number;
  /** When something sent there was last acknowledged or answered. */
  aliveMs: number;
  /** Since when nothing sent there has been: the first unanswered datagram went out. */
  silentSinceMs: number;
  /** When the latest datagram that was acknowledged went out. */
  acknowledgedSentMs: number;
  /** Probes without an answer, and when the last one went out. */
  probes: number;
  probeMs: number;
  datagramsSent: number;
  bytesSent: number;
  datagramsReceived: number;
  bytesReceived: number;
}

/** A path of which nothing is known yet. */
export function createPath(
  address: TransportAddress,
  id: number,
  kind: PathKind,
  random: Random,
): Path {
  const rtt = createRoundTrip();
  const largest = Math.min(address.largestMtu, MAX_RUN_BYTES);
  return {
    address,
    id,
    kind,
    rtt,
    loss: createLossShare(),
    flight: createFlight(rtt),
    mtu: createMtuSearch(address.baseMtu, largest, address.transport.dontFragment),
    challenges: createChallenges(random),
    proven: false,
    known: false,
    failed: false,
    creditBytes: 0,
    heardMs: -1,
    sentMs: -1,
    aliveMs: -1,
    silentSinceMs: -1,
    acknowledgedSentMs: -1,
    probes: 0,
    probeMs: -1,
    datagramsSent: 0,
    bytesSent: 0,
    datagramsReceived: 0,
    bytesReceived: 0,
  };
}

/** Something sent there has been answered. */
export function noteAlive(path: Path, nowMs: number): void {
  path.aliveMs = nowMs;
  path.silentSinceMs = -1;
  path.probes = 0;
  path.failed = false;
}

/** Something was sent there that is to be answered. */
export function noteAsked(path: Path, nowMs: number): void {
  if (path.silentSinceMs < 0) path.silentSinceMs = nowMs;
}

/** The address answered from itself: it may be used. */
export function noteProven(path: Path, nowMs: number): void {
  path.proven = true;
  path.known = true;
  noteAlive(path, nowMs);
}

/** Milliseconds for which nothing that was sent there has been answered; 0 if nothing was sent. */
export function silentMs(path: Path, nowMs: number): number {
  return path.silentSinceMs < 0 ? 0 : nowMs - path.silentSinceMs;
}
