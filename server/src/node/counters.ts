// SPDX-License-Identifier: GPL-3.0-or-later

/** What the nodes of a daemon have counted since its start; plain numbers, read on demand. */
export interface NodeCounters {
  /** Messages handed to an opening or its inbox. */
  delivered: number;
  /** Messages lost in an inbox that was full: the oldest first. */
  inboxLost: number;
  /** Messages refused because nobody in the network has the address. */
  noSuchAddress: number;
  /** Messages refused because their node is open at another daemon too, and newer there. */
  displaced: number;
  /** Messages refused because they exceed the MTU. */
  tooLarge: number;
  /** Messages to the daemon's own node that were no pings. */
  notPings: number;
  /** Nodes that another daemon has a newer attachment of. */
  displacements: number;
}

/** All zero. */
export function createNodeCounters(): NodeCounters {
  return {
    delivered: 0,
    inboxLost: 0,
    noSuchAddress: 0,
    displaced: 0,
    tooLarge: 0,
    notPings: 0,
    displacements: 0,
  };
}
