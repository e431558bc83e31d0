// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Acknowledgements of what came: with the next datagram that goes out anyway, or when enough has
 * come, or a moment later. Also tells one incarnation of the peer from the one before: a session
 * belongs to the incarnation in which its first datagram came.
 */
import { ACK_BYTES, ACK_DATAGRAMS, RECEIVING_SESSIONS } from "./constants.js";
import { type AckFields, createAckFields } from "./frames/ack-frame.js";
import { createReceivedCounters, type ReceivedCounters } from "./received-counters.js";

/** What came in one session. */
export interface ReceivingSession {
  readonly received: ReceivedCounters;
  /** The incarnation of the peer that it is with. */
  incarnation: number;
}

/** Acknowledges. */
export interface Acknowledger {
  /** The session of this index. */
  session(index: number): ReceivingSession;
  /** Whether anything waits to be acknowledged. */
  readonly waiting: boolean;
  /** Whether so much waits that it should not wait longer. */
  readonly due: boolean;
  /** Fills in the next acknowledgement; undefined when nothing waits. Valid until the next call. */
  next(nowMs: number): AckFields | undefined;
  /** The peer has restarted: what came before is of another incarnation. */
  newIncarnation(): void;
  /** The present incarnation. */
  readonly incarnation: number;
}

/** Nothing came. */
export function createAcknowledger(): Acknowledger {
  const sessions: ReceivingSession[] = [];
  const fields = createAckFields();
  const state = { incarnation: 0 };
  let last: ReceivingSession | undefined;

  const begin = (index: number): ReceivingSession => {
    // The one that was begun first is the one that is over.
    const oldest = sessions.length < RECEIVING_SESSIONS ? undefined : sessions.shift();
    oldest?.received.reset(index);
    const session = oldest ?? {
      received: createReceivedCounters(index),
      incarnation: state.incarnation,
    };
    session.incarnation = state.incarnation;
    sessions.push(session);
    return session;
  };

  return {
    session(index) {
      if (last?.received.index === index) return last;
      last = sessions.find(({ received }) => received.index === index) ?? begin(index);
      return last;
    },
    get waiting() {
      for (const { received } of sessions) if (received.waiting > 0) return true;
      return false;
    },
    get due() {
      for (const { received } of sessions) {
        if (received.waiting >= ACK_DATAGRAMS || received.waitingBytes >= ACK_BYTES) return true;
      }
      return false;
    },
    next(nowMs) {
      for (const { received } of sessions) {
        if (received.waiting === 0) continue;
        received.acknowledge(fields, nowMs);
        return fields;
      }
      return undefined;
    },
    newIncarnation() {
      state.incarnation += 1;
    },
    get incarnation() {
      return state.incarnation;
    },
  };
}
