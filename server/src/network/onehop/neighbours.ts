// SPDX-License-Identifier: GPL-3.0-or-later

// The neighbours that are up, and what each of them may cost us.

import { createTokenBucket, type TokenBucket } from "../../core/index.js";
import { QUERIES_BURST, QUERIES_PER_SECOND } from "../constants.js";
import type { Correspondent, Route } from "../locating/context.js";
import { nameOf } from "../locating/names.js";
import { createQuotas } from "../locating/quotas.js";
import { createStanding, type Standing } from "../locating/standing.js";
import type { RecordVerifier } from "../records/verifier.js";

/** A neighbour that is up: who it is was proved by the link. */
export interface Neighbour extends Correspondent {
  readonly id: number;
  /** The way to it. */
  readonly route: { -readonly [Name in keyof Route]: Route[Name] };
  /** Questions of its that we look at. */
  readonly queries: TokenBucket;
  /** Those we said no to a moment ago. */
  readonly standing: Standing<number>;
}

/** The neighbours that are up. */
export interface Neighbours {
  up(id: number, address: Uint8Array): Neighbour;
  down(id: number): Neighbour | undefined;
  get(id: number): Neighbour | undefined;
  named(name: string): Neighbour | undefined;
  all(): Iterable<Neighbour>;
}

/** None. */
export function createNeighbours(verifier: RecordVerifier): Neighbours {
  const byId = new Map<number, Neighbour>();
  const byName = new Map<string, Neighbour>();
  const quotas = createQuotas(verifier);
  return {
    up(id, address) {
      const name = nameOf(address);
      const neighbour: Neighbour = {
        id,
        address: address.slice(),
        name,
        holder: name,
        route: { neighbour: id, gone: false },
        signatures: quotas.take(name),
        queries: createTokenBucket(QUERIES_PER_SECOND, QUERIES_BURST),
        standing: createStanding<number>(),
      };
      byId.set(id, neighbour);
      byName.set(name, neighbour);
      return neighbour;
    },
    down(id) {
      const neighbour = byId.get(id);
      if (neighbour === undefined) return undefined;
      byId.delete(id);
      byName.delete(neighbour.name);
      neighbour.route.gone = true;
      quotas.give(neighbour.name, neighbour.signatures);
      return neighbour;
    },
    get: (id) => byId.get(id),
    named: (name) => byName.get(name),
    all: () => byId.values(),
  };
}
