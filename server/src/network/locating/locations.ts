// SPDX-License-Identifier: GPL-3.0-or-later

// What is held of other nodes: where they are, and, when that has ended, the sequence number below
// which no record counts (R3). Invariant: bounded, and shared equally: when it is full, whoever
// takes most of it loses what it has had longest (R4).

import { createAddressMap, type Random } from "../../core/index.js";
import { MOST_LOCATIONS } from "../constants.js";
import type { AttachRecord } from "../records/attach.js";
import type { ConsentRecord } from "../records/consent.js";
import type { Route } from "./context.js";
import { nameOf } from "./names.js";

/** What is held of one node. Its records are copies of its own. */
export interface HeldLocation {
  /** 32 bytes. */
  readonly address: Uint8Array;
  /** Whose share it takes: the neighbour that brought it. */
  readonly holder: string;
  /** The record that counts; of kind detach: it has left, and older records do not count. */
  attach: AttachRecord;
  attachUntilMs: number;
  /** Undefined once withdrawn, or when there never was one. */
  consent: ConsentRecord | undefined;
  routerKey: Uint8Array;
  consentUntilMs: number;
  /** Whether it may be sent to: its consent lives, and nobody has said that it has left. */
  counts: boolean;
  /** The way to its router, as it was looked up last. */
  via: Route | undefined;
  /** When it was sent to last, and when it was asked for again. */
  usedMs: number;
  renewedMs: number;
  /** Under which number it was asked for, so that no other word counts as the answer; 0: it was not. */
  renewal: number;
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
  /** Those of nodes that are, or were last, attached to this router. */
  at(router: string): Iterable<HeldLocation>;
  size(): number;
}

/** Nothing held. */
export function createLocations(random: Random, limit = MOST_LOCATIONS): Locations {
  const byAddress = createAddressMap<HeldLocation>(random);
  // In the order of coming or being touched.
  const shares = createGroups();
  const routers = createGroups();

  const remove = (location: HeldLocation): void => {
    byAddress.delete(location.address);
    shares.remove(location.holder, location);
    routers.remove(nameOf(location.attach.router), location);
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
      if (byAddress.size() >= limit) makeRoom();
      byAddress.set(location.address, location);
      shares.add(location.holder, location);
      routers.add(nameOf(location.attach.router), location);
    },
    touch(location) {
      const share = shares.get(location.holder);
      if (share?.delete(location) === true) share.add(location);
    },
    delete: remove,
    all: () => byAddress.values(),
    at: (router) => routers.get(router) ?? [],
    size() {
      return byAddress.size();
    },
  };
}

/** Sets by name, each in the order of coming; none is empty. */
function createGroups() {
  const groups = new Map<string, Set<HeldLocation>>();
  return {
    add(name: string, location: HeldLocation): void {
      const group = groups.get(name);
      if (group === undefined) groups.set(name, new Set([location]));
      else group.add(location);
    },
    remove(name: string, location: HeldLocation): void {
      const group = groups.get(name);
      group?.delete(location);
      if (group?.size === 0) groups.delete(name);
    },
    get: (name: string) => groups.get(name),
    values: () => groups.values(),
  };
}
