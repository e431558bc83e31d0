// SPDX-License-Identifier: GPL-3.0-or-later

import { createLocatingCounters, type LocatingCounters } from "../locating/counters.js";

/** Sums of one router since its start. */
export interface BeaconnetCounters extends LocatingCounters {
  /** Beacons of ours. */
  beaconsMade: number;
  /** Ways that neighbours were told. */
  routesSent: number;
  /** Beacons that came, by why they do not count: older than what we have … */
  beaconsOld: number;
  /** … not what a beacon has to be, or not signed by its router … */
  beaconsInvalid: number;
  /** … or the neighbour's quota of signatures was used up. */
  beaconsRefused: number;
  /** Routers that are not known because the neighbour has brought more than its share (R4). */
  routersRefused: number;
  /** Beacons with our key that are ahead of ours: of an earlier run, or of another daemon. */
  beaconsOvertaken: number;
  /** Ways that changed so often that neighbours were told later. */
  newsDelayed: number;
  /** Requests for newer beacons: ours, those passed on, and those beyond a neighbour's quota. */
  wantsSent: number;
  wantsPassed: number;
  wantsRefused: number;
  /** Questions that were passed on. */
  queriesPassed: number;
  /** Messages between other routers: passed on; dropped because there is no way, or too many. */
  carried: number;
  carriedDropped: number;
}

/** All zero. */
export function createBeaconnetCounters(): BeaconnetCounters {
  return {
    ...createLocatingCounters(),
    beaconsMade: 0,
    routesSent: 0,
    beaconsOld: 0,
    beaconsInvalid: 0,
    beaconsRefused: 0,
    routersRefused: 0,
    beaconsOvertaken: 0,
    newsDelayed: 0,
    wantsSent: 0,
    wantsPassed: 0,
    wantsRefused: 0,
    queriesPassed: 0,
    carried: 0,
    carriedDropped: 0,
  };
}
