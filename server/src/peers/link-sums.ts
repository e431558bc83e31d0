// SPDX-License-Identifier: GPL-3.0-or-later

import type { Link, LinkCounters } from "../link/index.js";

/** The counters of several links added up. */
export interface LinkSums {
  readonly counters: LinkCounters;
  /** Adds what a link has counted so far. */
  add(link: Pick<Link, "stats">): void;
}

type Sums = { -readonly [Name in keyof LinkCounters]: number };

/** Sums that begin with these, or with zeros. */
export function createLinkSums(from: LinkCounters = ZEROS): LinkSums {
  const counters: Sums = { ...from };
  return {
    counters,
    add(link) {
      const counted = link.stats().counters;
      for (const name of NAMES) counters[name] += counted[name];
    },
  };
}

const ZEROS: LinkCounters = {
  packetsSent: 0,
  packetsReceived: 0,
  controlSent: 0,
  controlReceived: 0,
  controlRetransmitted: 0,
  droppedTooLong: 0,
  droppedDown: 0,
  droppedQueueFull: 0,
  droppedQueueAge: 0,
  droppedAtEnd: 0,
  droppedUnsealed: 0,
  reassemblyExpired: 0,
  reassemblyEvicted: 0,
  reassemblyInconsistent: 0,
  datagramsLost: 0,
  invalidDatagrams: 0,
  staleDatagrams: 0,
  beforeHello: 0,
  moves: 0,
};
const NAMES = Object.keys(ZEROS) as (keyof LinkCounters)[];
