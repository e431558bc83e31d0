// SPDX-License-Identifier: GPL-3.0-or-later

// The neighbours that are up, and what each of them may cost us.

import { createTokenBucket, type TokenBucket } from "../../core/index.js";
import { QUERIES_BURST, QUERIES_PER_SECOND } from "../constants.js";
import type { RecordVerifier } from "../records/verifier.js";
import { createStanding, type Standing } from "./standing.js";

/** A neighbour that is up. */
export interface Neighbour {
  readonly id: number;
  /** 32 bytes. */
  readonly address: Uint8Array;
  /** The address as text: whose share of the tables its records take. */
  readonly name: string;
  /** Signatures of its records that we look at. */
  readonly signatures: TokenBucket;
  /** Questions of its that we look at. */
  readonly queries: TokenBucket;
  /** Those we said no to a moment ago. */
  readonly standing: Standing;
}

/** The neighbours that are up. */
export interface Neighbours {
  up(id: number, address: Uint8Array): Neighbour;
  down(id: number): Neighbour | undefined;
  get(id: number): Neighbour | undefined;
  named(name: string): Neighbour | undefined;
  all(): Iterable<Neighbour>;
}

/** The name under which a neighbour's share of the tables is counted. */
export function nameOf(address: Uint8Array): string {
  return Buffer.from(address.buffer, address.byteOffset, address.length).toString("hex");
}

/** None. */
export function createNeighbours(verifier: RecordVerifier): Neighbours {
  const byId = new Map<number, Neighbour>();
  const byName = new Map<string, Neighbour>();
  // Quotas outlive a link that goes down and up: a restart must not buy new ones.
  const quotas = new Map<string, TokenBucket>();
  return {
    up(id, address) {
      const name = nameOf(address);
      const signatures = quotas.get(name) ?? verifier.createQuota();
      quotas.delete(name);
      const neighbour: Neighbour = {
        id,
        address: address.slice(),
        name,
        signatures,
        queries: createTokenBucket(QUERIES_PER_SECOND, QUERIES_BURST),
        standing: createStanding(),
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
      quotas.set(neighbour.name, neighbour.signatures);
      for (const oldest of quotas.keys()) {
        if (quotas.size <= MOST_QUOTAS) break;
        quotas.delete(oldest);
      }
      return neighbour;
    },
    get: (id) => byId.get(id),
    named: (name) => byName.get(name),
    all: () => byId.values(),
  };
}

/** Neighbours that are down whose quota is remembered. */
const MOST_QUOTAS = 1_024;
