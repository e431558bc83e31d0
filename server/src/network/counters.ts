// SPDX-License-Identifier: GPL-3.0-or-later

/** Packets since the start of a network: each is in one of these. */
export interface NetworkCounters {
  /** Our own, given to a link. */
  sent: number;
  /** For nodes of ours, handed up. */
  delivered: number;
  /** Carried for others. */
  forwarded: number;
  /** Dropped, our own: no way to the destination was known, or the source is not (any more) ours. */
  droppedNotReady: number;
  /** Dropped: the link did not take it; its own counters say why. */
  droppedByLink: number;
  /** Dropped, of others: its header is not valid. */
  droppedInvalid: number;
  /** Dropped, of others: it is for nobody that we know a way to. */
  droppedNoWay: number;
  /** Dropped, of others: it has gone too far. */
  droppedTooFar: number;
}

/** All zero. */
export function createNetworkCounters(): NetworkCounters {
  return {
    sent: 0,
    delivered: 0,
    forwarded: 0,
    droppedNotReady: 0,
    droppedByLink: 0,
    droppedInvalid: 0,
    droppedNoWay: 0,
    droppedTooFar: 0,
  };
}
