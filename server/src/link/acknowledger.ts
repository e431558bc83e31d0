// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Acknowledgements of what came: with the next datagram that goes out anyway, or when enough has
 * come, or a moment later. Also tells one incarnation of the peer from the one before: a session
 * belongs to the incarnation in which it was established.
 */
import { ACK_BYTES, ACK_DATAGRAMS, RECEIVING_SESSIONS } from "./constants.js";
import { type AckFields, createAckFields } from "./frames/ack-frame.js";
import { createReceivedCounters, type ReceivedCounters } from "./received-counters.js";

/** What came in one session. */
export interface ReceivingSession {
  readonly received: ReceivedCounters;
  /** The incarnation of the peer that it is with. */
  incarnation: number;
  /** Whether its HELLO came: there is one, repeated until it is acknowledged. */
  greeted: boolean;
}

/** Acknowledges. */
export interface Acknowledger {
  /** A session of this index was established, with the present incarnation. */
  begin(index: number): void;
  /** The session of this index; undefined when it has not begun, or was forgotten for others. */
  session(index: number): ReceivingSession | undefined;
  /** Whether anything waits to be acknowledged. */
  waiting(): boolean;
  /** Since when the first of it waits, in ms; infinity when nothing does. */
  waitingSinceMs(): number;
  /** Whether so much waits that it should not wait longer. */
  due(): boolean;
  /** Fills in the next acknowledgement; undefined when nothing waits. Valid until the next call. */
  next(nowMs: number): AckFields | undefined;
  /** The peer has restarted: what came before is of another incarnation. */
  newIncarnation(): void;
  /**
   * To be called after it when a HELLO of this session said so. Both ends may have begun a session
   * at once: one that has not been greeted yet may be of the new incarnation as well.
   */
  adopt(session: ReceivingSession): void;
  /** The present incarnation. */
  incarnation(): number;
}

/** Nothing came. */
export function createAcknowledger(): Acknowledger {
  const sessions: ReceivingSession[] = [];
  const fields = createAckFields();
  const state = { incarnation: 0 };
  let last: ReceivingSession | undefined;

  const placeOf = (index: number): number =>
    sessions.findIndex(({ received }) => received.index() === index);
  // What is to make room: one of the same index, or what was begun or heard from least recently. A
  // session in which datagrams come is not displaced by some in which nothing ever does.
  const outdated = (index: number): ReceivingSession | undefined => {
    const same = placeOf(index);
    if (same >= 0) return sessions.splice(same, 1)[0];
    if (sessions.length < RECEIVING_SESSIONS) return undefined;
    return sessions.splice(sessions[0] === last ? 1 : 0, 1)[0];
  };

  return {
    begin(index) {
      const old = outdated(index);
      old?.received.reset(index);
      if (last === old) last = undefined;
      sessions.push({
        received: old?.received ?? createReceivedCounters(index),
        incarnation: state.incarnation,
        greeted: false,
      });
    },
    session(index) {
      if (last?.received.index() === index) return last;
      const place = placeOf(index);
      if (place < 0) return undefined;
      [last] = sessions.splice(place, 1);
      if (last !== undefined) sessions.push(last);
      return last;
    },
    waiting() {
      for (const { received } of sessions) if (received.waiting() > 0) return true;
      return false;
    },
    waitingSinceMs() {
      let sinceMs = Number.POSITIVE_INFINITY;
      for (const { received } of sessions) {
        if (received.waiting() > 0) sinceMs = Math.min(sinceMs, received.waitingSinceMs());
      }
      return sinceMs;
    },
    due() {
      for (const { received } of sessions) {
        if (received.waiting() >= ACK_DATAGRAMS || received.waitingBytes() >= ACK_BYTES)
          return true;
      }
      return false;
    },
    next(nowMs) {
      for (const { received } of sessions) {
        if (received.waiting() === 0) continue;
        received.acknowledge(fields, nowMs);
        return fields;
      }
      return undefined;
    },
    newIncarnation() {
      state.incarnation += 1;
    },
    adopt(session) {
      for (const other of sessions) {
        const possible = other.incarnation === state.incarnation - 1 && !other.greeted;
        if (other === session || possible) other.incarnation = state.incarnation;
      }
    },
    incarnation() {
      return state.incarnation;
    },
  };
}
