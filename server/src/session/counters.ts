// SPDX-License-Identifier: GPL-3.0-or-later

/** Sums since the start. What channels count is in EndpointCounters. */
export interface SessionCounters {
  /** Messages that were sealed. */
  sent: number;
  /** Messages that were handed over. */
  received: number;
  /** Messages that had to wait for a route, a session or room. */
  waited: number;
  /** Messages that were pushed out of a full queue: the oldest first. */
  lostWaiting: number;
  /** Messages that waited in vain, or whose pair was pushed out (S13). */
  givenUp: number;
  /** How often what waited for a remote identity became so much that its sender was told. */
  crowded: number;
  /** Messages that were refused: nobody knows the destination, or it does not want us. */
  unknown: number;
  /** Messages that were refused: the node is displaced (O4). */
  displaced: number;
  closesSent: number;
  closesReceived: number;
  /** Closes under the keys of an earlier incarnation of the peer: ignored. */
  staleCloses: number;
  /** Peers that told us that we are not wanted. */
  refusals: number;
  /** Pairs that were forgotten because they were not used for long. */
  idled: number;
  /** Pairs that were forgotten because there were too many. */
  evicted: number;
  /** Answers and what keeps a session alive, not sent: no route, and no lookup for them (M1). */
  droppedNoRoute: number;
  /** Datagrams of handshakes, and keepalives, that the network had no room for. */
  droppedNoRoom: number;
  /** Packets for an address that is no node here. */
  droppedNoNode: number;
  /** Packets for a node that is displaced. */
  droppedDisplaced: number;
  /** Packets of a handshake for a node that never had a session and did not begin one. */
  droppedNoKey: number;
  /** Authentic plaintexts of an unknown kind, without one, or too long. */
  droppedKind: number;
}

/** All zero. */
export function createSessionCounters(): SessionCounters {
  return {
    sent: 0,
    received: 0,
    waited: 0,
    lostWaiting: 0,
    givenUp: 0,
    crowded: 0,
    unknown: 0,
    displaced: 0,
    closesSent: 0,
    closesReceived: 0,
    staleCloses: 0,
    refusals: 0,
    idled: 0,
    evicted: 0,
    droppedNoRoute: 0,
    droppedNoRoom: 0,
    droppedNoNode: 0,
    droppedDisplaced: 0,
    droppedNoKey: 0,
    droppedKind: 0,
  };
}
