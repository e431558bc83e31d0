// SPDX-License-Identifier: GPL-3.0-or-later

// The neighbours that are up, what each of them was told, and what it may cost us.

import { createTokenBucket, type TokenBucket } from "../../core/index.js";
import type { LinkQuality } from "../../link/index.js";
import { QUERIES_BURST, QUERIES_PER_SECOND } from "../constants.js";
import type { Correspondent } from "../locating/context.js";
import { nameOf } from "../locating/names.js";
import { createQuotas } from "../locating/quotas.js";
import { createStanding, type Standing } from "../locating/standing.js";
import type { RecordVerifier } from "../records/verifier.js";
import {
  BEACONS_SHARE,
  CARRIED_BURST,
  CARRIED_PER_SECOND,
  DOUBTFUL_COST,
  HOP_COST,
  UNMEASURED_COST,
  WANTS_BURST,
  WANTS_PER_SECOND,
} from "./constants.js";
import type { KnownRouter } from "./routes.js";

/** What a neighbour may cost us, whether its link goes down and up or not. */
export interface Budgets {
  /** Signatures that we look at: of beacons, so that nothing else can keep ways away, and others. */
  readonly beacons: TokenBucket;
  readonly signatures: TokenBucket;
  /** Questions, and messages to be carried on, that we look at. */
  readonly queries: TokenBucket;
  readonly carried: TokenBucket;
  /** Requests for newer beacons: its own, and ours for the routers that it told us of. */
  readonly wants: TokenBucket;
}

/** A neighbour that is up: who it is was proved by the link. */
export interface Neighbour extends Correspondent, Budgets {
  readonly id: number;
  /** What a packet to it costs, in microseconds; and whether its link is in doubt. */
  cost: number;
  doubtful: boolean;
  /** Which beacon of a router it has. */
  readonly has: Map<KnownRouter, number>;
  /** Routers that it was told a way to. */
  readonly told: Set<KnownRouter>;
  /** Routers that it is to be told something of. */
  readonly dirty: Set<KnownRouter>;
  /** The number of our own beacon that it was told last. */
  ownSeq: number;
  /** Questions that we said no to a moment ago, with the router that asked. */
  readonly standing: Standing;
  /** Floods of its that are open here. */
  floods: number;
}

/** The neighbours that are up. */
export interface Neighbours {
  up(id: number, address: Uint8Array): Neighbour;
  down(id: number): Neighbour | undefined;
  get(id: number): Neighbour | undefined;
  named(name: string): Neighbour | undefined;
  all(): Iterable<Neighbour>;
  size(): number;
}

/** What a packet over a link of this quality costs, in microseconds. */
export function linkCost({ rttMicros, loss }: LinkQuality): number {
  const latency = rttMicros / 2;
  // A packet that is lost costs what it takes to notice and send another.
  const attempts = 1 / Math.max(0.05, 1 - loss);
  return Math.round(HOP_COST + latency * attempts * attempts);
}

/** What is added for a link in doubt: anything else is better, but it is better than nothing. */
export function costTo({ cost, doubtful }: Neighbour): number {
  return doubtful ? cost + DOUBTFUL_COST : cost;
}

function createBudgets(verifier: RecordVerifier): Budgets {
  return {
    beacons: verifier.createQuota(BEACONS_SHARE),
    signatures: verifier.createQuota(),
    queries: createTokenBucket(QUERIES_PER_SECOND, QUERIES_BURST),
    carried: createTokenBucket(CARRIED_PER_SECOND, CARRIED_BURST),
    wants: createTokenBucket(WANTS_PER_SECOND, WANTS_BURST),
  };
}

/** None. */
export function createNeighbours(verifier: RecordVerifier): Neighbours {
  const byId = new Map<number, Neighbour>();
  const byName = new Map<string, Neighbour>();
  const quotas = createQuotas(() => createBudgets(verifier));
  return {
    up(id, address) {
      const name = nameOf(address);
      const neighbour: Neighbour = {
        id,
        address: address.slice(),
        name,
        holder: name,
        ...quotas.take(name),
        cost: UNMEASURED_COST,
        doubtful: false,
        has: new Map(),
        told: new Set(),
        dirty: new Set(),
        ownSeq: -1,
        standing: createStanding(),
        floods: 0,
      };
      byId.set(id, neighbour);
      byName.set(name, neighbour);
      return neighbour;
    },
    down(id) {
      const neighbour = byId.get(id);
      if (neighbour === undefined) return undefined;
      byId.delete(id);
      if (byName.get(neighbour.name) === neighbour) byName.delete(neighbour.name);
      const { beacons, signatures, queries, carried, wants } = neighbour;
      quotas.give(neighbour.name, { beacons, signatures, queries, carried, wants });
      return neighbour;
    },
    get: (id) => byId.get(id),
    named: (name) => byName.get(name),
    all: () => byId.values(),
    size() {
      return byId.size;
    },
  };
}
