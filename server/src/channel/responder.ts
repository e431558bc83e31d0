// SPDX-License-Identifier: GPL-3.0-or-later

// One half-open handshake of a responder: message 2 is made once, from message 1, and waits for a
// message 3. Invariant: a message 3 that is not authentic leaves it as it was (S1).

import { createHandshakeState, generateKeypair, type HandshakeState } from "../noise/index.js";
import { ADDRESS_BYTES, TYPE } from "./constants.js";
import type { ChannelContext, HalfOpenEntry } from "./context.js";
import type { Credentials } from "./credentials.js";
import type { HalfOpen } from "./half-open.js";
import type { Peer } from "./peer-verifier.js";
import { createSession, type Session } from "./session.js";
import type { Source } from "./source.js";
import { encodeMessage } from "./wire/fragments.js";
import type { HandshakeHeader } from "./wire/handshake-header.js";
import { noiseMessage1 } from "./wire/message1.js";
import { decodePayload } from "./wire/payload.js";
import { encodePrologue } from "./wire/prologue.js";

/** A half-open handshake. */
export interface Responder<S extends Source> extends HalfOpen, HalfOpenEntry<S> {
  readonly index: number;
  readonly credentials: Credentials;
  /** The datagrams of message 2, which are about to be sent there. */
  message2For(to: S): readonly Uint8Array[];
  /**
   * Whether message 3 from there proves that address: message 2 was sent there and nowhere else.
   * With two addresses it may have been read at one and answered in the other's name (L2).
   */
  proves(source: S): boolean;
  /** Who sent this message 3; undefined, and nothing changed, if it is forged. */
  read(message: Uint8Array, nowMs: number): Completed | undefined;
}

/** What an authentic message 3 gives: keys of a session, not made yet. */
export interface Completed {
  readonly peer: Peer;
  readonly peerStatic: Uint8Array;
  /** Makes the session and wipes the handshake. */
  session(): Session;
  /** Leaves the handshake as it was. */
  forget(): void;
}

/** What a responder needs. */
export interface ResponderOptions<S extends Source> {
  readonly context: ChannelContext<S>;
  readonly credentials: Credentials;
  readonly header: HandshakeHeader;
  readonly message1: Uint8Array;
  readonly key: string;
  readonly holder: string;
  readonly proven: boolean;
  readonly from: S;
  /** The whole message 3 has come. */
  readonly message3: (responder: Responder<S>, message: Uint8Array, from: S, nowMs: number) => void;
  readonly nowMs: number;
}

const NOBODY = new Uint8Array(0);

const isSame = (a: Source, b: Source): boolean => a === b || Buffer.compare(a.bytes, b.bytes) === 0;

/** Answers message 1; undefined if there is no answer to it: its e is of low order. */
export function createResponder<S extends Source>(
  options: ResponderOptions<S>,
): Responder<S> | undefined {
  // Taken apart, so that what waits does not keep the datagram alive.
  const { context, credentials, header, key, holder, proven, message3, nowMs: createdMs } = options;
  const { crypto, random, rules, indices } = context;
  // Session layer: who the packet says it is from. In the link layer message 3 tells.
  const claimed = rules.id === 1 ? undefined : options.from.bytes.slice();
  const { group } = options.from;
  const state: HandshakeState = createHandshakeState({
    crypto,
    role: "responder",
    prologue: encodePrologue({
      layer: rules.id,
      flags: header.flags,
      initiatorIndex: header.sender,
      responder: credentials.address,
      initiator: claimed,
    }),
    s: credentials.staticKey,
    e: generateKeypair(crypto, random),
  });
  const noise = noiseMessage1(options.message1);
  if (state.readMessage(noise, new Uint8Array(noise.length)) < 0) return undefined;
  const index = indices.unused();
  const payload = credentials.payload(index);
  const message2 = new Uint8Array(state.messageBytes(payload.length));
  if (state.writeMessage(payload, message2) < 0) {
    state.wipe();
    return undefined;
  }
  const to = { sender: index, receiver: header.sender };
  const datagrams = encodeMessage(TYPE.message2, to, message2, rules.fragments);
  let sentTo: S | undefined;
  let sentElsewhere = false;

  const expected = (address: Uint8Array): boolean => {
    if (crypto.constantTimeEqual(address, credentials.address)) return false;
    return claimed === undefined || crypto.constantTimeEqual(address, claimed);
  };
  const complete = (copy: HandshakeState, message: Uint8Array, nowMs: number) => {
    const room = new Uint8Array(message.length);
    const bytes = copy.readMessage(message, room);
    const said = bytes < 0 ? undefined : decodePayload(room.subarray(0, bytes));
    const rs = copy.rs;
    if (said === undefined || rs === undefined || said.sender !== header.sender) return undefined;
    const peer = context.verifyPeer(said, rs, expected, nowMs);
    return peer === undefined ? undefined : { peer, rs };
  };
  const responder: Responder<S> = {
    kind: "half-open",
    index,
    peerIndex: header.sender,
    remote: claimed ?? NOBODY,
    local: credentials.address,
    mayFragment: () => header.flags !== 0,
    credentials,
    key,
    holder,
    group,
    proven,
    createdMs,
    message2For(source) {
      sentTo ??= source;
      if (!isSame(sentTo, source)) sentElsewhere = true;
      return datagrams;
    },
    proves: (source) => sentTo !== undefined && !sentElsewhere && isSame(sentTo, source),
    message3: (message, from, nowMs) => message3(responder, message, from, nowMs),
    read(message, nowMs) {
      const copy = state.clone();
      const completed = complete(copy, message, nowMs);
      if (completed === undefined) {
        copy.wipe();
        return undefined;
      }
      const { peer, rs } = completed;
      const peerStatic = rs.slice();
      return {
        peer,
        peerStatic,
        forget: () => copy.wipe(),
        session() {
          const keys = copy.split();
          const h = copy.h.slice();
          copy.wipe();
          state.wipe();
          return createSession({
            crypto,
            role: "responder",
            index,
            peerIndex: header.sender,
            keys,
            h,
            peerStatic,
            windowBits: rules.windowBits,
            nowMs,
          });
        },
      };
    },
    end() {
      state.wipe();
      indices.release(index);
    },
  };
  return responder;
}

/** What makes one handshake: the initiator's index and its e, and whom it is for and claims to be of. */
export function handshakeKey(
  header: HandshakeHeader,
  message1: Uint8Array,
  responder: Uint8Array,
  claimed: Uint8Array,
): string {
  const e = noiseMessage1(message1).subarray(0, ADDRESS_BYTES);
  return `${header.sender} ${Buffer.concat([e, responder, claimed]).toString("latin1")}`;
}
