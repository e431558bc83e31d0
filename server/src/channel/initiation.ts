// SPDX-License-Identifier: GPL-3.0-or-later

// One attempt of ours to establish a session: message 1 until message 2 comes, then message 3
// until the peer confirms. Invariant: nothing that is not authentic changes it (S1, S2).

import { createHandshakeState, generateKeypair, type HandshakeState } from "../noise/index.js";
import {
  ADDRESS_BYTES,
  ATTEMPT_MS,
  COOKIE_USED_MS,
  EARLY_BYTES,
  EARLY_DATAGRAMS,
  FLAG_LARGE_MESSAGE_3,
  FRAGMENT_BODY_BYTES,
  HANDSHAKE_HEADER_BYTES,
  MAC_BYTES,
  TYPE,
} from "./constants.js";
import type { ChannelContext } from "./context.js";
import type { Credentials } from "./credentials.js";
import type { Peer } from "./peer-verifier.js";
import { createRetransmission, type Retransmission } from "./retransmission.js";
import { createSession, type Session } from "./session.js";
import type { Source } from "./source.js";
import { cookieReplyReceiver, openCookieReply } from "./wire/cookie-reply.js";
import { encodeMessage } from "./wire/fragments.js";
import { writeHandshakeHeader } from "./wire/handshake-header.js";
import { mac1Of, responderKeys, writeMac1, writeMac2 } from "./wire/message1.js";
import { decodePayload } from "./wire/payload.js";
import { encodePrologue } from "./wire/prologue.js";

/** A cookie that a responder gave us. */
export interface HeldCookie {
  readonly bytes: Uint8Array;
  readonly gotMs: number;
}

/** What message 2 led to. */
export interface Answered {
  readonly session: Session;
  readonly peer: Peer;
}

/** An attempt. */
export interface Initiation<S extends Source> {
  /** Our index in it, which becomes the session's. */
  readonly index: number;
  /** Once message 3 has been sent: its session, unconfirmed. */
  session(): Session | undefined;
  /** When something is to be done: a retransmission, or the end. */
  dueMs(): number;
  /** Sends message 1 for the first time. */
  begin(nowMs: number): void;
  /** Sends what is due; false when the attempt is over. */
  work(nowMs: number): boolean;
  /** A way came up: what is to be sent again is due at once. */
  hurry(nowMs: number): void;
  /** A cookie reply; true if it is authentic. C8: it causes one retransmission at most. */
  cookie(datagram: Uint8Array, from: S, nowMs: number): HeldCookie | undefined;
  /**
   * Message 2: what it led to, with message 3 sent; undefined, and nothing changed, if it is forged
   * or `allowed` refuses the peer's static key.
   */
  message2(
    message: Uint8Array,
    sender: number,
    from: S,
    allowed: (peerStatic: Uint8Array) => boolean,
    nowMs: number,
  ): Answered | undefined;
  /** Whether one more datagram may follow message 3 before confirmation (S7). */
  mayFollow(bytes: number): boolean;
  /** Keeps a sealed datagram, to be resent with message 3. */
  follow(datagram: Uint8Array): void;
  /** Datagrams that were kept. */
  followed(): number;
  /** Ends it and wipes what is not the session's; the index stays. */
  wipe(): void;
}

/** What an attempt needs. */
export interface InitiationOptions<S extends Source> {
  readonly context: ChannelContext<S>;
  readonly credentials: Credentials;
  readonly remote: Uint8Array;
  /** A cookie from an earlier attempt. */
  readonly cookie: HeldCookie | undefined;
  /** S13's later paces: message 1 is sent once. */
  readonly once: boolean;
  readonly transmit: (datagram: Uint8Array, to: S | undefined, nowMs: number) => void;
  readonly nowMs: number;
}

/** An attempt, its message 1 not sent yet. */
export function createInitiation<S extends Source>(options: InitiationOptions<S>): Initiation<S> {
  const { context, credentials, remote, transmit } = options;
  const { crypto, random, rules, indices } = context;
  const index = indices.unused();
  const keys = responderKeys(crypto, remote);
  const large = rules.fragments && 48 + credentials.payloadBytes + 16 > FRAGMENT_BODY_BYTES;
  const flags = large ? FLAG_LARGE_MESSAGE_3 : 0;
  let state: HandshakeState | undefined = createHandshakeState({
    crypto,
    role: "initiator",
    prologue: encodePrologue({
      layer: rules.id,
      flags,
      initiatorIndex: index,
      responder: remote,
      initiator: rules.id === 1 ? undefined : credentials.address,
    }),
    s: credentials.staticKey,
    e: generateKeypair(crypto, random),
  });
  const message1 = writeMessage1(state);
  let cookie = options.cookie;
  let cookieCaused = false;
  let message3: readonly Uint8Array[] = [];
  let session: Session | undefined;
  let early: Uint8Array[] = [];
  let earlyBytes = 0;
  let times: Retransmission = createRetransmission(
    random,
    rules.retransmitMs,
    options.nowMs,
    ATTEMPT_MS,
    options.once,
  );

  function writeMessage1(handshake: HandshakeState): Uint8Array {
    const datagram = new Uint8Array(rules.message1Bytes);
    writeHandshakeHeader(datagram, TYPE.message1, {
      fragment: 0,
      fragments: 1,
      flags,
      sender: index,
      receiver: 0,
    });
    const noise = datagram.subarray(HANDSHAKE_HEADER_BYTES, datagram.length - 2 * MAC_BYTES);
    handshake.writeMessage(new Uint8Array(noise.length - ADDRESS_BYTES), noise);
    writeMac1(crypto, keys.mac1, datagram);
    return datagram;
  }
  function sendMessage1(to: S | undefined, nowMs: number): void {
    if (cookie !== undefined && nowMs - cookie.gotMs < COOKIE_USED_MS) {
      writeMac2(crypto, cookie.bytes, message1);
    }
    transmit(message1, to, nowMs);
  }
  function sendMessage3(to: S | undefined, nowMs: number): void {
    for (const datagram of message3) transmit(datagram, to, nowMs);
    for (const datagram of early) transmit(datagram, to, nowMs);
  }
  /** Goes on from message 2 on a copy; what cannot be the peer's leaves the state as it was. */
  function answer(
    message: Uint8Array,
    sender: number,
    allowed: (peerStatic: Uint8Array) => boolean,
    nowMs: number,
  ): Answered | undefined {
    const copy = state?.clone();
    if (copy === undefined) return undefined;
    const answered = proceed(copy, message, sender, allowed, nowMs);
    if (answered === undefined) {
      copy.wipe();
      return undefined;
    }
    state?.wipe();
    state = undefined;
    copy.wipe();
    return answered;
  }
  function proceed(
    copy: HandshakeState,
    message: Uint8Array,
    sender: number,
    allowed: (peerStatic: Uint8Array) => boolean,
    nowMs: number,
  ): Answered | undefined {
    const room = new Uint8Array(message.length);
    const bytes = copy.readMessage(message, room);
    const payload = bytes < 0 ? undefined : decodePayload(room.subarray(0, bytes));
    const rs = copy.rs;
    // C3: what the header says must be what the handshake says.
    if (payload === undefined || rs === undefined || payload.sender !== sender) return undefined;
    // C5: the wanted address, and not our own.
    const expected = (address: Uint8Array): boolean =>
      crypto.constantTimeEqual(address, remote) &&
      !crypto.constantTimeEqual(address, credentials.address);
    const peer = context.verifyPeer(payload, rs, expected, nowMs);
    if (peer === undefined || !allowed(rs)) return undefined;
    const own = credentials.payload(index);
    const out = new Uint8Array(copy.messageBytes(own.length));
    if (copy.writeMessage(own, out) < 0) return undefined;
    const header = { sender: index, receiver: sender };
    message3 = encodeMessage(TYPE.message3, header, out, rules.fragments);
    const established = createSession({
      crypto,
      role: "initiator",
      index,
      peerIndex: sender,
      keys: copy.split(),
      h: copy.h,
      peerStatic: rs,
      windowBits: rules.windowBits,
      nowMs,
    });
    return { session: established, peer };
  }

  return {
    index,
    session() {
      return session;
    },
    dueMs() {
      return Math.min(times.dueMs(), times.endMs);
    },
    followed() {
      return early.length;
    },
    begin: (nowMs) => sendMessage1(undefined, nowMs),
    work(nowMs) {
      if (nowMs >= times.endMs) return false;
      if (nowMs < times.dueMs()) return true;
      times.sent(nowMs);
      if (session === undefined) sendMessage1(undefined, nowMs);
      // By our own ways: message 2 may have been copied, and sent to us from a stranger's address.
      else sendMessage3(undefined, nowMs);
      return true;
    },
    hurry(nowMs) {
      times.hurry(nowMs);
    },
    cookie(datagram, from, nowMs) {
      if (session !== undefined || cookieReplyReceiver(datagram) !== index) return undefined;
      const bytes = openCookieReply(crypto, keys.cookie, mac1Of(message1), datagram);
      if (bytes === undefined) return undefined;
      cookie = { bytes, gotMs: nowMs };
      if (!cookieCaused) {
        cookieCaused = true;
        sendMessage1(from, nowMs);
      }
      return cookie;
    },
    message2(message, sender, from, allowed, nowMs) {
      if (session !== undefined) return undefined;
      const answered = answer(message, sender, allowed, nowMs);
      if (answered === undefined) return undefined;
      session = answered.session;
      times = createRetransmission(random, rules.retransmitMs, nowMs);
      // Never more than came from there: it has not proved that it receives.
      const bytes = message3.reduce((sum, datagram) => sum + datagram.length, 0);
      sendMessage3(bytes <= message.length ? from : undefined, nowMs);
      return answered;
    },
    mayFollow: (bytes) => early.length < EARLY_DATAGRAMS && earlyBytes + bytes <= EARLY_BYTES,
    follow(datagram) {
      early.push(datagram.slice());
      earlyBytes += datagram.length;
    },
    wipe() {
      state?.wipe();
      state = undefined;
      early = [];
      message3 = [];
    },
  };
}
