// SPDX-License-Identifier: GPL-3.0-or-later

/** Sums of one router since its start. */
export interface LocatingCounters {
  /** Questions that neighbours asked, and those beyond their quota, which got silence. */
  queries: number;
  queriesRefused: number;
  /** Locations that came, by what became of them: all is well, and new or renewed … */
  locationsTaken: number;
  /** … older than what we hold, or than our own … */
  locationsOld: number;
  /** … not what a location has to be, or a signature was wrong … */
  locationsInvalid: number;
  /** … or the neighbour's quota of signatures was used up. */
  locationsRefused: number;
  /** Control messages that are none. */
  controlInvalid: number;
  /** Records of ours that were signed again because others held newer ones. */
  signedAgain: number;
  /** Nodes of ours that another router has now. */
  displaced: number;
  /** Control messages that a link did not take. */
  controlNotSent: number;
  [name: string]: number;
}

/** All zero. */
export function createLocatingCounters(): LocatingCounters {
  return {
    queries: 0,
    queriesRefused: 0,
    locationsTaken: 0,
    locationsOld: 0,
    locationsInvalid: 0,
    locationsRefused: 0,
    controlInvalid: 0,
    signedAgain: 0,
    displaced: 0,
    controlNotSent: 0,
  };
}
