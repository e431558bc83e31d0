// SPDX-License-Identifier: GPL-3.0-or-later

import { certificateBytes } from "../../server/src/channel/certificate.js";
/**
 * Handshakes made by hand: either side of one, with every key, field and byte open to change. What
 * an attacker could do, who knows the protocol and whatever keys a test gives him.
 */
import type { Signer } from "../../server/src/channel/index.js";
import { encodeMessage } from "../../server/src/channel/wire/fragments.js";
import { writeHandshakeHeader } from "../../server/src/channel/wire/handshake-header.js";
import {
  noiseMessage1,
  responderKeys,
  writeMac1,
  writeMac2,
} from "../../server/src/channel/wire/message1.js";
import { decodePayload, encodePayload } from "../../server/src/channel/wire/payload.js";
import { encodePrologue } from "../../server/src/channel/wire/prologue.js";
import { readU32 } from "../../server/src/core/index.js";
import type { Crypto } from "../../server/src/crypto/index.js";
import { createIdentities, PURPOSES } from "../../server/src/identity/index.js";
import {
  createHandshakeState,
  generateKeypair,
  type HandshakeState,
  type KeyPair,
} from "../../server/src/noise/index.js";
import type { ChannelLab } from "./channel-lab.js";

/** A new long-lived key. */
export function createSigner(lab: ChannelLab): Signer {
  const identities = createIdentities(lab.crypto, lab.random);
  const key = identities.generate();
  return {
    publicKey: key.publicKey.serialize(),
    address: key.publicKey.address.bytes,
    sign: (certificate) => identities.keys.signReserved(key, PURPOSES.noiseStatic, certificate),
  };
}

/** A payload of message 2 or 3, signed for this static key; by hand where a field is given. */
export interface PayloadParts {
  readonly sender: number;
  readonly staticKey: Uint8Array;
  readonly layer?: number;
  readonly notAfter?: Uint8Array;
  readonly extraStatics?: Uint8Array;
  readonly extras?: number;
  /** Who signs, if not the owner of the public key. */
  readonly signedBy?: Signer;
}

/** The payload of an identity. */
export function payloadOf(lab: ChannelLab, signer: Signer, parts: PayloadParts): Uint8Array {
  const { sender, staticKey, notAfter = new Uint8Array(8) } = parts;
  const extraStatics = parts.extraStatics ?? new Uint8Array(0);
  const certificate = certificateBytes({
    layer: parts.layer ?? lab.rules.id,
    notAfter,
    publicKey: signer.publicKey,
    staticKey,
    extraStatics,
    extras: parts.extras ?? 0,
  });
  const signature = (parts.signedBy ?? signer).sign(certificate);
  return encodePayload({ sender, notAfter, publicKey: signer.publicKey, signature, extraStatics });
}

/** What a handshake by hand is made of; what is absent is honest. */
export interface HandmadeOptions {
  /** The responder's address, as the prologue has it. */
  readonly responder: Uint8Array;
  /** Session layer: the initiator's address, as the prologue has it. */
  readonly initiator?: Uint8Array;
  /** Whose mac1 it carries, if not the responder's. */
  readonly knocksAt?: Uint8Array;
  readonly s?: KeyPair;
  readonly e?: KeyPair;
  readonly index?: number;
  readonly flags?: number;
  readonly crypto?: Crypto;
}

/** A message 2 or 3 that was read. */
export interface HandmadeRead {
  /** The peer's index in the header. */
  readonly sender: number;
  readonly payload: Uint8Array;
  readonly publicKey: Uint8Array | undefined;
}

/** One side of a handshake by hand. */
export interface Handmade {
  readonly index: number;
  readonly s: KeyPair;
  /** As far as it has come. */
  handshake(): HandshakeState;
  /** Reads a whole message 2 or 3; undefined, and nothing changed, unless it is authentic. */
  read(datagram: Uint8Array): HandmadeRead | undefined;
  /** Message 2 or 3 with this payload, to that index of the peer. */
  write(payload: Uint8Array, receiver: number): readonly Uint8Array[];
}

/** An initiator by hand, its message 1 made. */
export interface HandmadeInitiator extends Handmade {
  readonly message1: Uint8Array;
  /** Message 1 with the mac2 of this cookie. */
  withCookie(cookie: Uint8Array): Uint8Array;
}

/** The initiator's side. */
export function createHandmadeInitiator(
  lab: ChannelLab,
  options: HandmadeOptions,
): HandmadeInitiator {
  const { crypto } = lab;
  const { index = lab.random.u32(), flags = 0 } = options;
  const side = createSide(lab, "initiator", 0x53, index, options, index, flags);
  const message1 = new Uint8Array(lab.rules.message1Bytes);
  writeHandshakeHeader(message1, 0x51, {
    fragment: 0,
    fragments: 1,
    flags,
    sender: index,
    receiver: 0,
  });
  const noise = noiseMessage1(message1);
  side.handshake().writeMessage(new Uint8Array(noise.length - 32), noise);
  writeMac1(crypto, responderKeys(crypto, options.knocksAt ?? options.responder).mac1, message1);
  return {
    ...side,
    message1,
    withCookie(cookie) {
      const copy = message1.slice();
      writeMac2(crypto, cookie, copy);
      return copy;
    },
  };
}

/** The responder's side, which has read this message 1. */
export function createHandmadeResponder(
  lab: ChannelLab,
  options: HandmadeOptions,
  message1: Uint8Array,
): Handmade {
  const index = options.index ?? lab.random.u32();
  const initiatorIndex = readU32(message1, 4);
  const flags = message1[3] ?? 0;
  const side = createSide(lab, "responder", 0x52, index, options, initiatorIndex, flags);
  const noise = noiseMessage1(message1);
  side.handshake().readMessage(noise, new Uint8Array(noise.length));
  return side;
}

function createSide(
  lab: ChannelLab,
  role: "initiator" | "responder",
  type: number,
  index: number,
  options: HandmadeOptions,
  initiatorIndex: number,
  flags: number,
): Handmade {
  const { crypto = lab.crypto } = options;
  const s = options.s ?? generateKeypair(lab.crypto, lab.random);
  let state = createHandshakeState({
    crypto,
    role,
    prologue: encodePrologue({
      layer: lab.rules.id,
      flags,
      initiatorIndex,
      responder: options.responder,
      initiator: lab.rules.id === 1 ? undefined : options.initiator,
    }),
    s,
    e: options.e ?? generateKeypair(lab.crypto, lab.random),
  });
  return {
    index,
    s,
    handshake: () => state,
    read(datagram) {
      const copy = state.clone();
      const room = new Uint8Array(datagram.length);
      const bytes = copy.readMessage(datagram.subarray(12), room);
      if (bytes < 0) return undefined;
      state = copy;
      const payload = room.subarray(0, bytes);
      return {
        sender: readU32(datagram, 4),
        payload,
        publicKey: decodePayload(payload)?.publicKey,
      };
    },
    write(payload, receiver) {
      const message = new Uint8Array(state.messageBytes(payload.length));
      state.writeMessage(payload, message);
      return encodeMessage(type, { sender: index, receiver }, message, lab.rules.fragments);
    },
  };
}
