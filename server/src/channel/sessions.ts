// SPDX-License-Identifier: GPL-3.0-or-later

// The established sessions of one channel: which is preferred (S8), which still receives, and when
// each ends (S9, S11). Sessions whose handshake is not confirmed yet are the initiation's.

import {
  CROSSING_MS,
  INCARNATION_CHANGES,
  INCARNATION_CHANGES_WITHIN_MS,
  INCARNATION_PAUSE_MS,
  MOST_SESSIONS,
  NEW_SESSIONS,
  NEW_SESSIONS_WITHIN_MS,
  RECEIVE_ONLY_MS,
  REJECT_AFTER_MS,
} from "./constants.js";
import type { Session } from "./session.js";

/** The sessions. */
export interface Sessions {
  /** The one to seal with; it may have become unusable. */
  preferred(): Session | undefined;
  size(): number;
  /** Whether a session that the peer initiated may be established now (S9, O4). */
  mayAdd(peerStatic: Uint8Array, nowMs: number): boolean;
  /**
   * Whether one that we initiated may (O4). S9's rate is for the peer's: ours have their pace, and
   * together, when hints are forged to both, they would keep each other out.
   */
  isSteady(peerStatic: Uint8Array, nowMs: number): boolean;
  /** Counts a session of the peer's against its rate (S9). */
  count(nowMs: number): void;
  /** The peer changes its incarnation so often that its key must be in several places (O4). */
  unsteady(): boolean;
  /** A session is being established; whether it is with a new incarnation of the peer. */
  note(peerStatic: Uint8Array, nowMs: number): boolean;
  /** Adds a confirmed session and prefers it or not; `denied`: the peer seems to have lost the one preferred now. */
  add(session: Session, denied: boolean, nowMs: number): void;
  /** Wipes what has ended; when the next one ends. */
  expire(nowMs: number): number;
  /** Wipes all. */
  clear(): void;
}

/** No sessions. `ended` is called for each that was wiped. */
export function createSessions(
  crypto: { constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean },
  ended: (session: Session) => void,
): Sessions {
  let all: Session[] = [];
  let preferred: Session | undefined;
  let incarnation: Uint8Array | undefined;
  let newMs: number[] = [];
  let changesMs: number[] = [];

  const end = (session: Session): void => {
    all = all.filter((other) => other !== session);
    if (preferred === session) preferred = undefined;
    session.wipe();
    ended(session);
  };
  const changes = (peerStatic: Uint8Array): boolean =>
    incarnation !== undefined && !crypto.constantTimeEqual(incarnation, peerStatic);
  const isSteady = (peerStatic: Uint8Array, nowMs: number): boolean => {
    if (!changes(peerStatic)) return true;
    changesMs = changesMs.filter((ms) => nowMs - ms < INCARNATION_CHANGES_WITHIN_MS);
    const lastMs = changesMs[changesMs.length - 1] ?? Number.NEGATIVE_INFINITY;
    return changesMs.length < INCARNATION_CHANGES || nowMs - lastMs >= INCARNATION_PAUSE_MS;
  };
  const endOf = (session: Session): number => {
    const atAge = session.createdMs + REJECT_AFTER_MS;
    return session.receiveOnly ? Math.min(atAge, session.heardMs + RECEIVE_ONLY_MS) : atAge;
  };
  /** S8; a peer that has restarted is not in a crossing with its earlier self. */
  const stays = (old: Session, session: Session): boolean =>
    old.role !== session.role &&
    Math.abs(old.createdMs - session.createdMs) < CROSSING_MS &&
    crypto.constantTimeEqual(old.peerStatic, session.peerStatic) &&
    Buffer.compare(old.h, session.h) > 0;

  return {
    preferred() {
      return preferred;
    },
    size() {
      return all.length;
    },
    unsteady() {
      return changesMs.length > INCARNATION_CHANGES;
    },
    isSteady,
    mayAdd(peerStatic, nowMs) {
      newMs = newMs.filter((ms) => nowMs - ms < NEW_SESSIONS_WITHIN_MS);
      return newMs.length < NEW_SESSIONS && isSteady(peerStatic, nowMs);
    },
    count: (nowMs) => void newMs.push(nowMs),
    note(peerStatic, nowMs) {
      const changed = changes(peerStatic);
      if (changed) changesMs.push(nowMs);
      incarnation = peerStatic.slice();
      return changed;
    },
    add(session, denied, nowMs) {
      const old = preferred;
      const keepsOld = old !== undefined && !denied && old.usable(nowMs) && stays(old, session);
      if (!keepsOld) preferred = session;
      session.receiveOnly = keepsOld;
      session.heardMs = nowMs;
      if (old !== undefined && !keepsOld) old.receiveOnly = true;
      all.push(session);
      while (all.length > MOST_SESSIONS) {
        const oldest = all.find((other) => other !== preferred);
        if (oldest === undefined) break;
        end(oldest);
      }
    },
    expire(nowMs) {
      for (const session of all) if (nowMs >= endOf(session)) end(session);
      return all.reduce((ms, session) => Math.min(ms, endOf(session)), Number.POSITIVE_INFINITY);
    },
    clear() {
      for (const session of all) end(session);
    },
  };
}
