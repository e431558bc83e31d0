// SPDX-License-Identifier: GPL-3.0-or-later

// The cookie reply (C7), 64 bytes:
//
//     u8 type ‖ u8 0 × 3 ‖ u32 receiver index ‖ nonce 24 ‖ sealed cookie 16 + 16
//
// sealed with XChaCha20-Poly1305 under SHA256("mesh256 cookie 1" ‖ responder address), with the
// mac1 that it answers as additional data.

import { readU32, writeU32 } from "../../core/index.js";
import type { Crypto } from "../../crypto/index.js";
import { COOKIE_BYTES, MAC_BYTES, TYPE } from "../constants.js";

const NONCE_AT = 8;
const SEALED_AT = 32;

/** What makes a reply. */
export interface CookieReplyFields {
  readonly receiver: number;
  /** 24 random bytes. */
  readonly nonce: Uint8Array;
  readonly key: Uint8Array;
  readonly mac1: Uint8Array;
  /** 16 bytes. */
  readonly cookie: Uint8Array;
}

/** A reply. */
export function encodeCookieReply(crypto: Crypto, fields: CookieReplyFields): Uint8Array {
  const out = new Uint8Array(COOKIE_BYTES);
  out[0] = TYPE.cookie;
  writeU32(out, 4, fields.receiver);
  out.set(fields.nonce, NONCE_AT);
  crypto.sealX(fields.key, fields.nonce, fields.mac1, fields.cookie, out.subarray(SEALED_AT));
  return out;
}

/** The index that a reply is for; undefined if it cannot be one. */
export function cookieReplyReceiver(datagram: Uint8Array): number | undefined {
  if (datagram.length !== COOKIE_BYTES) return undefined;
  if (datagram[1] !== 0 || datagram[2] !== 0 || datagram[3] !== 0) return undefined;
  return readU32(datagram, 4);
}

/** The cookie in a reply; undefined unless it was sealed for this mac1. */
export function openCookieReply(
  crypto: Crypto,
  key: Uint8Array,
  mac1: Uint8Array,
  datagram: Uint8Array,
): Uint8Array | undefined {
  const cookie = new Uint8Array(MAC_BYTES);
  const nonce = datagram.subarray(NONCE_AT, SEALED_AT);
  const sealed = datagram.subarray(SEALED_AT);
  return crypto.openX(key, nonce, mac1, sealed, cookie) ? cookie : undefined;
}
