// SPDX-License-Identifier: GPL-3.0-or-later

// The neighbours that are up, and what each of them may cost us.

import { createTokenBucket, type TokenBucket } from "../../core/index.js";
import { QUERIES_BURST, QUERIES_PER_SECOND } from "../constants.js";
import type { RecordVerifier } from "../records/verifier.js";
import type { Correspondent } from "./context.js";
import { nameOf } from "./names.js";
import { createQuotas } from "./quotas.js";
import { createStanding, type Standing } from "./standing.js";

/** A neighbour that is up: who it is was proved by the link. */
export interface Neighbour extends Correspondent {
  readonly id: number;
  /** Questions that it brings and that we look at. */
  readonly queries: TokenBucket;
  /** Those we said no to a moment ago. */
  readonly standing: Standing;
}

/** The neighbours that are up. */
export interface Neighbours {
  up(id: number, address: Uint8Array): Neighbour;
  down(id: number): Neighbour | undefined;
  get(id: number): Neighbour | undefined;
  all(): Iterable<Neighbour>;
}

/** None. */
export function createNeighbours(verifier: RecordVerifier): Neighbours {
  const byId = new Map<number, Neighbour>();
  const quotas = createQuotas(() => verifier.createQuota());
  return {
    up(id, address) {
      const name = nameOf(address);
      const neighbour: Neighbour = {
        id,
        address: address.slice(),
        name,
        holder: name,
        signatures: quotas.take(name),
        queries: createTokenBucket(QUERIES_PER_SECOND, QUERIES_BURST),
        standing: createStanding(),
      };
      byId.set(id, neighbour);
      return neighbour;
    },
    down(id) {
      const neighbour = byId.get(id);
      if (neighbour === undefined) return undefined;
      byId.delete(id);
      quotas.give(neighbour.name, neighbour.signatures);
      return neighbour;
    },
    get: (id) => byId.get(id),
    all: () => byId.values(),
  };
}
