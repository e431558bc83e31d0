// SPDX-License-Identifier: GPL-3.0-or-later

// What is held of other nodes: where they are, and, when that has ended, the sequence number below
// which no record counts (R3). Invariant: bounded, and shared equally: when it is full, whoever
// takes most of it loses what it has had longest (R4).

import { createAddressMap, type Random } from "../../core/index.js";
import { MOST_LOCATIONS } from "../constants.js";
import type { AttachRecord } from "../records/attach.js";
import type { ConsentRecord } from "../records/consent.js";

/** What is held of one node. Its records are copies of its own. */
export interface HeldLocation {
  /** 32 bytes. */
  readonly address: Uint8Array;
  /** Whose share it takes: the router that brought it. */
  readonly holder: string;
  /** The record that counts; of kind detach: it has left, and older records do not count. */
  attach: AttachRecord;
  attachUntilMs: number;
  /** Undefined once withdrawn, or when there never was one. */
  consent: ConsentRecord | undefined;
  routerKey: Uint8Array;
  consentUntilMs: number;
  /** The neighbour to send to; -1 when it is not up, or the location does not count now. */
  neighbour: number;
  /** When it was sent to last, and when it was asked for again. */
  usedMs: number;
  renewedMs: number;
}

/** What is held. */
export interface Locations {
  get(buffer: Uint8Array, at: number): HeldLocation | undefined;
  /** Adds, or replaces what is held of the same node. */
  put(location: HeldLocation): void;
  /** It counts as the newest of its holder. */
  touch(location: HeldLocation): void;
  delete(location: HeldLocation): void;
  all(): Iterable<HeldLocation>;
  /** Those of one router. */
  of(holder: string): Iterable<HeldLocation>;
  readonly size: number;
}

/** Nothing held. */
export function createLocations(random: Random, limit = MOST_LOCATIONS): Locations {
  const byAddress = createAddressMap<HeldLocation>(random);
  // In the order of coming or being touched.
  const shares = new Map<string, Set<HeldLocation>>();

  const remove = (location: HeldLocation): void => {
    byAddress.delete(location.address);
    const share = shares.get(location.holder);
    share?.delete(location);
    if (share?.size === 0) shares.delete(location.holder);
  };
  const makeRoom = (): void => {
    let largest: Set<HeldLocation> | undefined;
    for (const share of shares.values()) {
      if (largest === undefined || share.size > largest.size) largest = share;
    }
    for (const oldest of largest ?? []) {
      remove(oldest);
      return;
    }
  };
  return {
    get: (buffer, at) => byAddress.get(buffer, at),
    put(location) {
      const before = byAddress.get(location.address, 0);
      if (before !== undefined) remove(before);
      if (byAddress.size >= limit) makeRoom();
      byAddress.set(location.address, location);
      const share = shares.get(location.holder) ?? new Set();
      share.add(location);
      shares.set(location.holder, share);
    },
    touch(location) {
      const share = shares.get(location.holder);
      if (share?.delete(location) === true) share.add(location);
    },
    delete: remove,
    all: () => byAddress.values(),
    of: (holder) => shares.get(holder) ?? [],
    get size() {
      return byAddress.size;
    },
  };
}
