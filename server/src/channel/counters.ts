// SPDX-License-Identifier: GPL-3.0-or-later

/** What an endpoint counts; every datagram that is dropped adds one to exactly one of `dropped*`. */
export interface EndpointCounters {
  /** Message 1 that were answered with message 2, first ones and repeated ones. */
  message1Answered: number;
  cookieRepliesSent: number;
  hintsSent: number;
  handshakesCompleted: number;
  /** Identities that were told that they are not wanted. */
  refusalsSent: number;
  halfOpenExpired: number;
  halfOpenEvicted: number;
  /** Datagrams that were sealed before confirmation and never confirmed (S7). */
  earlyLost: number;
  /** Not as the protocol has it: type, size, reserved bytes, header. */
  droppedMalformed: number;
  /** A mac1 that is not for us (C6). */
  droppedWrongMac1: number;
  /** A fragment of a handshake that may not come in fragments (F1). */
  droppedFragment: number;
  /** Beyond a rate of S5. */
  droppedRate: number;
  /** Messages 2, 3 and cookies for an index that waits for none. */
  droppedUnexpected: number;
  /** Messages 2 and 3 that are not authentic, or not from whom they should be. */
  droppedHandshake: number;
  /** Messages 3 of identities that are not wanted, or that come too often (S9, O4). */
  droppedIdentity: number;
  /** Data for an index that nothing stands behind. */
  droppedUnknownIndex: number;
  /** Data for a handshake that is not complete. */
  droppedEarlyData: number;
  /** A counter that was seen, is too old, or is impossible. */
  droppedReplay: number;
  droppedNotAuthentic: number;
  /** Data of a session that came from, or was for, another address than the session's (M1). */
  droppedMismatch: number;
}

/** All zero. */
export function createEndpointCounters(): EndpointCounters {
  return {
    message1Answered: 0,
    cookieRepliesSent: 0,
    hintsSent: 0,
    handshakesCompleted: 0,
    refusalsSent: 0,
    halfOpenExpired: 0,
    halfOpenEvicted: 0,
    earlyLost: 0,
    droppedMalformed: 0,
    droppedWrongMac1: 0,
    droppedFragment: 0,
    droppedRate: 0,
    droppedUnexpected: 0,
    droppedHandshake: 0,
    droppedIdentity: 0,
    droppedUnknownIndex: 0,
    droppedEarlyData: 0,
    droppedReplay: 0,
    droppedNotAuthentic: 0,
    droppedMismatch: 0,
  };
}
