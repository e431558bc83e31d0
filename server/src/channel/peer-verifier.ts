// SPDX-License-Identifier: GPL-3.0-or-later

// Who is at the other end of a handshake (C5): the key hashes to an address that is wanted, and
// has signed for the Noise static key that the handshake proved.

import { createLru, readU64 } from "../core/index.js";
import type { Crypto } from "../crypto/index.js";
import { certificateBytes, type VerifyCertificate } from "./certificate.js";
import { ADDRESS_BYTES, CERTIFICATE_CACHE, CERTIFICATE_GRACE_S } from "./constants.js";
import type { HandshakePayload } from "./wire/payload.js";

/** A peer that has proved who it is. */
export interface Peer {
  /** Serialized; a copy. */
  readonly publicKey: Uint8Array;
  /** 32 bytes. */
  readonly address: Uint8Array;
}

/**
 * The peer of this payload and static key; undefined if it is none. `expected` is asked first, for
 * a signature costs more.
 */
export type PeerVerifier = (
  payload: HandshakePayload,
  staticKey: Uint8Array,
  expected: (address: Uint8Array) => boolean,
  nowMs: number,
) => Peer | undefined;

/** What it needs. `unixSeconds` tells the wall clock for a time of the monotonic one. */
export interface PeerVerifierOptions {
  readonly crypto: Crypto;
  readonly layer: number;
  readonly verify: VerifyCertificate;
  readonly unixSeconds: (nowMs: number) => number;
}

/** Remembers certificates that it has verified, by their hash. */
export function createPeerVerifier(options: PeerVerifierOptions): PeerVerifier {
  const { crypto, layer, verify, unixSeconds } = options;
  const verified = createLru<string, true>(CERTIFICATE_CACHE);
  const digest = new Uint8Array(32);

  const isSigned = (payload: HandshakePayload, staticKey: Uint8Array): boolean => {
    const certificate = certificateBytes({ ...payload, layer, staticKey });
    crypto.sha256(digest, certificate, payload.signature);
    const name = Buffer.from(digest).toString("latin1");
    if (verified.get(name) !== undefined) return true;
    if (!verify(payload.publicKey, certificate, payload.signature)) return false;
    verified.set(name, true);
    return true;
  };
  return (payload, staticKey, expected, nowMs) => {
    const address = new Uint8Array(ADDRESS_BYTES);
    crypto.shake256(address, payload.publicKey);
    if (!expected(address)) return undefined;
    const notAfter = readU64(payload.notAfter, 0);
    if (notAfter !== 0 && unixSeconds(nowMs) > notAfter + CERTIFICATE_GRACE_S) return undefined;
    if (!isSigned(payload, staticKey)) return undefined;
    return { publicKey: payload.publicKey.slice(), address };
  };
}
