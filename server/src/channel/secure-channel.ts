// SPDX-License-Identifier: GPL-3.0-or-later

// A channel: the sessions with one remote identity, and the attempts that make them. Which session
// is preferred is in sessions.ts, how attempts go in attempts.ts; this file puts it together.
// Invariant: one attempt of ours at a time, and `sender` is the session `seal` uses.

import { createDeadline } from "../core/index.js";
import { Address } from "../identity/index.js";
import { createAttempts } from "./attempts.js";
import type { Channel, ChannelOwner } from "./channel.js";
import {
  DATA_HEADER_BYTES,
  DATA_OVERHEAD_BYTES,
  DOUBT_PAUSE_MS,
  JUMP_REKEY_MS,
  REKEY_AFTER_DATAGRAMS,
  REKEY_IF_USED_WITHIN_MS,
  REKEY_INITIATOR_MS,
  REKEY_RESPONDER_MS,
} from "./constants.js";
import type { ChannelContext } from "./context.js";
import type { Credentials } from "./credentials.js";
import type { Answered } from "./initiation.js";
import type { Session } from "./session.js";
import { type Acceptance, createSessionEntry } from "./session-entry.js";
import { createSessions } from "./sessions.js";
import { createSilence } from "./silence.js";
import type { Source } from "./source.js";

/** Whom a channel is between, and who is told. */
export interface ChannelOptions<S extends Source> {
  readonly credentials: Credentials;
  /** The remote address: 32 bytes, copied. */
  readonly remote: Uint8Array;
  readonly owner: ChannelOwner<S>;
}

/** A channel as its endpoint sees it. */
export interface SecureChannel<S extends Source> extends Channel {
  readonly credentials: Credentials;
  /** Whether a session with this static key of the peer may be established now (S9, O4). */
  mayAccept(peerStatic: Uint8Array, nowMs: number): boolean;
  /** Takes over a session that the peer initiated, and confirms it (S6). */
  accept(acceptance: Acceptance<S>, nowMs: number): void;
  /** The machine slept (S11). */
  slept(nowMs: number): void;
}

const NEVER = Number.POSITIVE_INFINITY;

/** A channel without a session. `closed` is called at its end. */
export function createSecureChannel<S extends Source>(
  context: ChannelContext<S>,
  options: ChannelOptions<S>,
  closed: () => void,
): SecureChannel<S> {
  const { crypto, random, deadlines, rules, indices, hints } = context;
  const { credentials, owner } = options;
  const remote = options.remote.slice();
  const group = Buffer.from(remote).toString("latin1");
  const counters = {
    initiations: 0,
    established: 0,
    sealed: 0,
    opened: 0,
  };
  const silence = createSilence();
  const sessions = createSessions(crypto, ({ index }) => indices.release(index));
  const scratch = new Uint8Array(DATA_OVERHEAD_BYTES + rules.keepalive.length);
  let sender: Session | undefined;
  let wanted = false;
  let suspect = false;
  /** The peer, or whoever forged its hint, says that it does not know the preferred session. */
  let denied = false;
  let blocked = false;
  let doubtAllowedMs = Number.NEGATIVE_INFINITY;
  let usedMs = Number.NEGATIVE_INFINITY;
  let rekeyMs = NEVER;
  let rekeyWhenUsed = false;
  let sealedIndex = 0;
  let sealedCounter = 0;
  let wakeMs = NEVER;
  /** The owner may close from inside of what it is told; nothing begins after that. */
  let over = false;

  const attempts = createAttempts<S>({
    context,
    credentials,
    remote,
    group,
    transmit: (datagram, to, nowMs) => owner.transmit(datagram, to, nowMs),
    allowed: (peerStatic, nowMs) => sessions.isSteady(peerStatic, nowMs),
    answered,
  });
  const deadline = createDeadline(work);
  const wakeBy = (ms: number): void => {
    if (over || ms >= wakeMs) return;
    wakeMs = ms;
    deadlines.set(deadline, ms);
  };

  // ---- attempts ----

  function answered({ session, peer }: Answered, from: S, nowMs: number): void {
    const newIncarnation = noteIncarnation(session, nowMs);
    enter(session);
    updateSender(nowMs);
    const { publicKey } = peer;
    const { index } = session;
    owner.established(
      { from, proven: true, index, role: "initiator", newIncarnation, publicKey },
      nowMs,
    );
    notifyReady(nowMs);
    wakeForAttempt();
  }
  function wakeForAttempt(): void {
    const attempt = attempts.current();
    if (attempt !== undefined) wakeBy(attempt.dueMs());
  }
  function confirm(session: Session, nowMs: number): void {
    session.confirmed = true;
    attempts.confirmed(session);
    adopt(session, nowMs);
    notifyReady(nowMs);
  }

  // ---- sessions ----

  function noteIncarnation(session: Session, nowMs: number): boolean {
    const changed = sessions.note(session.peerStatic, nowMs);
    if (changed && sessions.unsteady()) {
      const peer = Address.fromBytes(remote).toString();
      context.logger.warn("a peer restarts all the time, or its key is in several places", {
        peer,
      });
    }
    return changed;
  }
  function enter(session: Session, digest?: Uint8Array): void {
    const entry = createSessionEntry<S>({
      context,
      session,
      remote,
      local: credentials.address,
      group,
      owner,
      digest,
      heard: (data, nowMs) => received(session, data, nowMs),
      confirm: (to, nowMs) => sendKeepalive(session, to, nowMs),
    });
    indices.set(session.index, entry);
  }
  /** A session is confirmed: it is preferred or not, and what made us uneasy is over. */
  function adopt(session: Session, nowMs: number): void {
    counters.established += 1;
    context.counters.handshakesCompleted += 1;
    // Silence alone is no reason to leave S8: the peer, which has no doubts, would stay with it.
    sessions.add(session, denied, nowMs);
    suspect = false;
    denied = false;
    rekeyWhenUsed = false;
    silence.clear();
    attempts.pace.settled();
    planRekey();
    updateSender(nowMs);
    wakeBy(Math.min(rekeyMs, sessions.expire(nowMs)));
  }
  function planRekey(): void {
    const session = sessions.preferred();
    if (session === undefined) return;
    const early = (random.u32() / 0x1_0000_0000) * 0.1 * REKEY_INITIATOR_MS;
    const age = session.role === "initiator" ? REKEY_INITIATOR_MS - early : REKEY_RESPONDER_MS;
    rekeyMs = session.createdMs + age;
  }
  function updateSender(nowMs: number): void {
    const before = sender;
    const preferred =
      sessions.preferred()?.usable(nowMs) === true ? sessions.preferred() : undefined;
    const early = attempts.current()?.session();
    sender = suspect ? (early ?? preferred) : (preferred ?? early);
    if (sender === before) return;
    if (before !== undefined) hints.remove(before.peerIndex, listener);
    if (sender !== undefined) hints.add(sender.peerIndex, listener);
    else owner.down(nowMs);
  }
  const mayFollow = (bytes: number): boolean =>
    sender?.confirmed === true || attempts.current()?.mayFollow(bytes) === true;
  function notifyReady(nowMs: number): void {
    if (!blocked || sender === undefined || !mayFollow(0)) return;
    blocked = false;
    owner.ready(nowMs);
  }
  function received(session: Session, data: boolean, nowMs: number): void {
    counters.opened += 1;
    if (!session.confirmed) confirm(session, nowMs);
    if (session === sender) {
      suspect = false;
      denied = false;
    }
    if (!rules.keepalives) return;
    if (data) usedMs = nowMs;
    if (silence.heard(data, nowMs)) wakeBy(silence.keepaliveDueMs());
  }

  // ---- doubt, silence, rekeying ----

  function doubt(nowMs: number): void {
    if (nowMs < doubtAllowedMs) return;
    doubtAllowedMs = nowMs + DOUBT_PAUSE_MS;
    suspect = true;
    updateSender(nowMs);
    owner.suspected(nowMs);
    attemptIfNeeded(nowMs);
    notifyReady(nowMs);
    wakeForAttempt();
  }
  const listener = {
    hinted(index: number, counter: number, nowMs: number): void {
      if (sender?.peerIndex !== index || counter >= sender.nextCounter()) return;
      denied = true;
      doubt(nowMs);
    },
  };
  function rekeyIsDue(nowMs: number): boolean {
    const session = sessions.preferred();
    if (session === undefined || suspect) return false;
    if (nowMs < rekeyMs && session.nextCounter() < REKEY_AFTER_DATAGRAMS) return false;
    return rules.rekeyAlways || nowMs - usedMs < REKEY_IF_USED_WITHIN_MS;
  }
  function attemptIfNeeded(nowMs: number): void {
    if (over || attempts.current() !== undefined) return;
    const without = wanted && sender === undefined;
    if (!without && !suspect && !rekeyIsDue(nowMs)) return;
    if (!wanted && attempts.pace.hopeless(nowMs)) {
      suspect = false;
      rekeyMs = NEVER;
      attempts.pace.settled();
    } else if (nowMs >= attempts.pace.nextMs()) {
      counters.initiations += 1;
      attempts.begin(nowMs);
    } else wakeBy(attempts.pace.nextMs());
  }
  function workOnSilence(nowMs: number): void {
    if (nowMs >= silence.suspicionDueMs()) {
      silence.clear();
      doubt(nowMs);
    } else if (nowMs >= silence.keepaliveDueMs()) {
      silence.clear();
      if (sender?.confirmed === true) sendKeepalive(sender, undefined, nowMs);
    }
  }
  function sendKeepalive(session: Session, to: S | undefined, nowMs: number): void {
    if (!session.usable(nowMs)) return;
    scratch.set(rules.keepalive, DATA_HEADER_BYTES);
    const length = session.seal(scratch, 0, rules.keepalive.length);
    owner.transmit(scratch.subarray(0, length), to, nowMs);
  }
  function drop(): void {
    wanted = false;
    attempts.end();
    sessions.clear();
    if (sender !== undefined) hints.remove(sender.peerIndex, listener);
    sender = undefined;
    suspect = false;
    denied = false;
    silence.clear();
    deadlines.clear(deadline);
    wakeMs = NEVER;
  }
  function work(nowMs: number): void {
    wakeMs = NEVER;
    attempts.work(nowMs);
    const endMs = sessions.expire(nowMs);
    updateSender(nowMs);
    workOnSilence(nowMs);
    attemptIfNeeded(nowMs);
    wakeBy(endMs);
    wakeBy(silence.suspicionDueMs());
    wakeBy(silence.keepaliveDueMs());
    if (rekeyMs > nowMs) wakeBy(rekeyMs);
    wakeForAttempt();
  }

  return {
    remote,
    credentials,
    counters,
    ready() {
      return sender !== undefined && mayFollow(0);
    },
    suspect() {
      return suspect || sender === undefined;
    },
    sendingIndex() {
      return sender?.peerIndex ?? 0;
    },
    sealedIndex() {
      return sealedIndex;
    },
    sealedCounter() {
      return sealedCounter;
    },
    connect(nowMs) {
      wanted = true;
      attemptIfNeeded(nowMs);
      wakeForAttempt();
    },
    rest() {
      wanted = false;
      if (attempts.current()?.session() === undefined) attempts.end();
    },
    seal(buffer, at, length, nowMs) {
      if (sender === undefined || !sender.usable(nowMs)) {
        blocked = true;
        wakeBy(nowMs);
        return 0;
      }
      if (!mayFollow(length + DATA_OVERHEAD_BYTES)) {
        blocked = true;
        return 0;
      }
      sealedIndex = sender.peerIndex;
      sealedCounter = sender.nextCounter();
      const bytes = sender.seal(buffer, at, length);
      if (!sender.confirmed) attempts.current()?.follow(buffer.subarray(at, at + bytes));
      counters.sealed += 1;
      usedMs = nowMs;
      if (nowMs >= rekeyMs || sealedCounter >= REKEY_AFTER_DATAGRAMS) wakeBy(nowMs);
      if (rekeyWhenUsed && context.jumpBudget.take(nowMs)) {
        rekeyWhenUsed = false;
        rekeyMs = nowMs;
        wakeBy(nowMs);
      }
      if (rules.keepalives && silence.sealedData(nowMs)) wakeBy(silence.suspicionDueMs());
      return bytes;
    },
    wayCameUp(nowMs) {
      attempts.pace.hurry();
      attempts.current()?.hurry(nowMs);
      wakeBy(nowMs);
    },
    doubt,
    mayAccept: (peerStatic, nowMs) => sessions.mayAdd(peerStatic, nowMs),
    accept(acceptance, nowMs) {
      const { session, peer, from, proven } = acceptance;
      const newIncarnation = noteIncarnation(session, nowMs);
      sessions.count(nowMs);
      // S8: what we began is not needed any more, unless the peer has message 3 already.
      if (attempts.current()?.session() === undefined) attempts.end();
      enter(session, acceptance.digest);
      adopt(session, nowMs);
      sendKeepalive(session, from, nowMs);
      const { publicKey } = peer;
      const { index } = session;
      owner.established(
        { from, proven, index, role: "responder", newIncarnation, publicKey },
        nowMs,
      );
      notifyReady(nowMs);
    },
    slept(nowMs) {
      if (sessions.preferred() === undefined) return;
      if (!rules.rekeyAlways) {
        rekeyWhenUsed = true;
        return;
      }
      rekeyMs = nowMs + (random.u32() / 0x1_0000_0000) * JUMP_REKEY_MS;
      wakeBy(rekeyMs);
    },
    drop,
    close() {
      over = true;
      drop();
      closed();
    },
  };
}
