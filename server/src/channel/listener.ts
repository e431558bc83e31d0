// SPDX-License-Identifier: GPL-3.0-or-later

// The responder's side of a layer: message 1 comes in, and at most one answer goes out; message 3
// comes in, and a channel gets a session or a stranger is refused.

import { createAdmission } from "./admission.js";
import type { Channel } from "./channel.js";
import {
  type Budgets,
  DATA_HEADER_BYTES,
  DATA_OVERHEAD_BYTES,
  HANDSHAKE_HEADER_BYTES,
  MAC_BYTES,
} from "./constants.js";
import type { ChannelContext } from "./context.js";
import { createCookies } from "./cookies.js";
import type { Credentials } from "./credentials.js";
import { createHalfOpenTable } from "./half-open.js";
import { createHandshakeBudget } from "./handshake-budget.js";
import type { Peer } from "./peer-verifier.js";
import { createRefusals } from "./refusals.js";
import { createResponder, handshakeKey, type Responder } from "./responder.js";
import type { SecureChannel } from "./secure-channel.js";
import type { Session } from "./session.js";
import type { Source } from "./source.js";
import { encodeCookieReply } from "./wire/cookie-reply.js";
import { fragmentsOf } from "./wire/fragments.js";
import { type HandshakeHeader, readHandshakeHeader } from "./wire/handshake-header.js";
import { checkMac1, mac1Of } from "./wire/message1.js";

/** What the endpoint asks of its owner. */
export interface EndpointSink<S extends Source> {
  /** Send this answer to where the question came from; its bytes hold until this returns. */
  reply(datagram: Uint8Array, to: S, nowMs: number): void;
  /**
   * A peer has proved who it is and wants a session with these credentials of ours: the channel to
   * it, made now if need be by `createChannel`; undefined if it is not wanted (S14).
   */
  admit(peer: Peer, credentials: Credentials, from: S, nowMs: number): Channel | undefined;
}

/** What a listener needs. */
export interface ListenerOptions<S extends Source> {
  readonly context: ChannelContext<S>;
  readonly budgets: Budgets;
  readonly sink: EndpointSink<S>;
  readonly refusal: Uint8Array;
  readonly neighbourOf: ((source: S) => string) | undefined;
  /** The channel behind the door that `admit` gave. */
  readonly channelOf: (channel: Channel) => SecureChannel<S> | undefined;
}

/** The responder's side. */
export interface Listener<S extends Source> {
  /** A datagram of type message 1 for this identity of ours. */
  message1(datagram: Uint8Array, from: S, to: Credentials, nowMs: number): void;
  /** Half-open handshakes. */
  halfOpen(): number;
  /** Forgets them, and the secret behind the cookies. */
  close(): void;
}

const NOBODY = new Uint8Array(0);

/** The name of a source in a table. */
const nameOf = (source: Source): string => Buffer.from(source.bytes).toString("latin1");

/** A listener without handshakes. */
export function createListener<S extends Source>(options: ListenerOptions<S>): Listener<S> {
  const { context, budgets, sink, neighbourOf } = options;
  const { crypto, random, deadlines, rules, indices, counters } = context;
  const admission = createAdmission(budgets);
  const cookies = createCookies(crypto, random, rules.id);
  const refusals = createRefusals();
  const message3Budget = createHandshakeBudget(budgets);
  const halfOpen = createHalfOpenTable<Responder<S>>(deadlines, rules.halfOpen, {
    expired: () => {
      counters.halfOpenExpired += 1;
    },
    evicted: () => {
      counters.halfOpenEvicted += 1;
    },
  });

  function message1(datagram: Uint8Array, from: S, to: Credentials, nowMs: number): void {
    const header = readHandshakeHeader(datagram);
    if (header === undefined || datagram.length !== rules.message1Bytes) {
      counters.droppedMalformed += 1;
    } else if (!checkMac1(crypto, to.knockKeys.mac1, datagram)) {
      counters.droppedWrongMac1 += 1;
    } else {
      knock(header, datagram, from, to, nowMs);
    }
  }
  function knock(
    header: HandshakeHeader,
    datagram: Uint8Array,
    from: S,
    to: Credentials,
    nowMs: number,
  ): void {
    // C4: in the session layer the claimed address is part of the handshake.
    const claimed = rules.id === 1 ? NOBODY : from.bytes;
    const key = handshakeKey(header, datagram, to.address, claimed);
    const proves = (): boolean => cookies.proves(datagram, from.bytes, to.address, nowMs);
    // F1: never more out than in before the address is proven.
    const costly = header.flags !== 0 || isLarge(to);
    const known = halfOpen.get(key);
    if (known !== undefined && !costly) {
      answer(known, from, nowMs);
      return;
    }
    const neighbour = neighbourOf?.(from);
    const source = nameOf(from);
    const judged = admission.judge(
      { group: from.group, source, neighbour, costly, proves },
      halfOpen.size(),
      nowMs,
    );
    if (judged.verdict === "drop") counters.droppedRate += 1;
    else if (judged.verdict === "prove") demandCookie(header, datagram, from, to, nowMs);
    else if (known !== undefined) answer(known, from, nowMs);
    else open(header, datagram, key, judged.proven, from, to, nowMs);
  }
  /** Message 2 would be larger than message 1, or in fragments. */
  const isLarge = (to: Credentials): boolean => {
    const bytes = 32 + 48 + to.payloadBytes + MAC_BYTES;
    if (fragmentsOf(bytes, rules.fragments) > 1) return true;
    return HANDSHAKE_HEADER_BYTES + bytes > rules.message1Bytes;
  };
  function demandCookie(
    header: HandshakeHeader,
    datagram: Uint8Array,
    from: S,
    to: Credentials,
    nowMs: number,
  ): void {
    const nonce = new Uint8Array(24);
    random.fill(nonce);
    const cookie = cookies.make(from.bytes, to.address, nowMs);
    const mac1 = mac1Of(datagram);
    const fields = { receiver: header.sender, nonce, key: to.knockKeys.cookie, mac1, cookie };
    counters.cookieRepliesSent += 1;
    sink.reply(encodeCookieReply(crypto, fields), from, nowMs);
  }
  function open(
    header: HandshakeHeader,
    datagram: Uint8Array,
    key: string,
    proven: boolean,
    from: S,
    to: Credentials,
    nowMs: number,
  ): void {
    const responder = createResponder<S>({
      context,
      credentials: to,
      header,
      message1: datagram,
      key,
      holder: neighbourOf?.(from) ?? from.group,
      proven,
      from,
      message3,
      nowMs,
    });
    if (responder === undefined) {
      counters.droppedHandshake += 1;
      return;
    }
    halfOpen.add(responder);
    indices.set(responder.index, responder);
    answer(responder, from, nowMs);
  }
  function answer(responder: Responder<S>, to: S, nowMs: number): void {
    counters.message1Answered += 1;
    for (const datagram of responder.message2For(to)) sink.reply(datagram, to, nowMs);
  }

  function message3(responder: Responder<S>, message: Uint8Array, from: S, nowMs: number): void {
    if (!message3Budget.take(responder.group, nowMs)) {
      counters.droppedRate += 1;
      return;
    }
    const completed = responder.read(message, nowMs);
    if (completed === undefined) {
      counters.droppedHandshake += 1;
      return;
    }
    const { peer, peerStatic } = completed;
    const admitted = sink.admit(peer, responder.credentials, from, nowMs);
    const channel = admitted === undefined ? undefined : options.channelOf(admitted);
    // O3: nothing begun with an opening that is over is carried on in the next one.
    const ours = channel?.credentials === responder.credentials;
    if (admitted !== undefined && !(ours && channel.mayAccept(peerStatic, nowMs))) {
      counters.droppedIdentity += 1;
      completed.forget();
      return;
    }
    halfOpen.remove(responder);
    const session = completed.session();
    if (channel === undefined) {
      refuse(peer, session, from, nowMs);
      return;
    }
    const digest = new Uint8Array(32);
    crypto.sha256(digest, message);
    channel.accept({ session, peer, from, proven: responder.proves(from), digest }, nowMs);
  }
  function refuse(peer: Peer, session: Session, from: S, nowMs: number): void {
    counters.droppedIdentity += 1;
    if (refusals.tell(peer.address, nowMs)) {
      const datagram = new Uint8Array(DATA_OVERHEAD_BYTES + options.refusal.length);
      datagram.set(options.refusal, DATA_HEADER_BYTES);
      session.seal(datagram, 0, options.refusal.length);
      counters.refusalsSent += 1;
      sink.reply(datagram, from, nowMs);
    }
    session.wipe();
    indices.release(session.index);
  }

  return {
    message1,
    halfOpen() {
      return halfOpen.size();
    },
    close() {
      halfOpen.clear();
      cookies.wipe();
    },
  };
}
