// SPDX-License-Identifier: GPL-3.0-or-later

/** Sums since the start of a link. Every packet that is not delivered is in one of them. */
export interface LinkCounters {
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly controlSent: number;
  readonly controlReceived: number;
  /** Pieces of control messages sent again. */
  readonly controlRetransmitted: number;
  /** Packets dropped, not sent: longer than 69,632 bytes. */
  readonly droppedTooLong: number;
  /** … the link was not up. */
  readonly droppedDown: number;
  /** … the queue was full, and theirs the longest flow. */
  readonly droppedQueueFull: number;
  /** … they had waited too long. */
  readonly droppedQueueAge: number;
  /** … they waited when the neighbour restarted or the link was closed. */
  readonly droppedAtEnd: number;
  /** Datagrams with frames dropped because there was no session to seal with any more. */
  readonly droppedUnsealed: number;
  /** Unfinished packets of the neighbour dropped: they took too long. */
  readonly reassemblyExpired: number;
  /** … newer ones needed the room. */
  readonly reassemblyEvicted: number;
  /** … their fragments contradicted each other. */
  readonly reassemblyInconsistent: number;
  /** Datagrams of ours that were given up as lost. */
  readonly datagramsLost: number;
  /** Datagrams of the neighbour dropped: a frame in them was not valid. */
  readonly invalidDatagrams: number;
  /** … they were of an incarnation that is over. */
  readonly staleDatagrams: number;
  /** Frames ignored because HELLO had not come yet, or the link was not up for another reason. */
  readonly beforeHello: number;
  /** How often traffic has moved to another path. */
  readonly moves: number;
}

/** The counters that the link itself keeps; the others are those of its parts. */
export interface OwnCounters {
  packetsReceived: number;
  controlSent: number;
  controlReceived: number;
  droppedTooLong: number;
  droppedDown: number;
  droppedAtEnd: number;
  invalidDatagrams: number;
  staleDatagrams: number;
  beforeHello: number;
}

/** All zero. */
export function createOwnCounters(): OwnCounters {
  return {
    packetsReceived: 0,
    controlSent: 0,
    controlReceived: 0,
    droppedTooLong: 0,
    droppedDown: 0,
    droppedAtEnd: 0,
    invalidDatagrams: 0,
    staleDatagrams: 0,
    beforeHello: 0,
  };
}
