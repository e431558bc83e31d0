// SPDX-License-Identifier: GPL-3.0-or-later

// Message 1: header 12 ‖ e 32 ‖ padding (zeros; hashed, not looked at) ‖ mac1 16 ‖ mac2 16, of a
// size that the layer fixes, so that the answer is never longer than what asked for it. And the
// macs (C6, C7):
//
//     mac1 = HMAC-SHA256(SHA256("mesh256 mac1 1" ‖ responder address), bytes before it)[0..16]
//     mac2 = HMAC-SHA256(cookie, bytes before it)[0..16], zeros without a cookie

import type { Crypto } from "../../crypto/index.js";
import { HANDSHAKE_HEADER_BYTES, MAC_BYTES } from "../constants.js";

const text = new TextEncoder();
const MAC1_LABEL = text.encode("mesh256 mac1 1");
const COOKIE_LABEL = text.encode("mesh256 cookie 1");

/** What is sealed or authenticated for whoever knows a responder's address. */
export interface ResponderKeys {
  readonly mac1: Uint8Array;
  readonly cookie: Uint8Array;
}

/** The keys that follow from an address. */
export function responderKeys(crypto: Crypto, address: Uint8Array): ResponderKeys {
  const keys = { mac1: new Uint8Array(32), cookie: new Uint8Array(32) };
  crypto.sha256(keys.mac1, MAC1_LABEL, address);
  crypto.sha256(keys.cookie, COOKIE_LABEL, address);
  return keys;
}

/** The Noise message inside: e and the padding. */
export const noiseMessage1 = (datagram: Uint8Array): Uint8Array =>
  datagram.subarray(HANDSHAKE_HEADER_BYTES, datagram.length - 2 * MAC_BYTES);

/** Its mac1. */
export const mac1Of = (datagram: Uint8Array): Uint8Array =>
  datagram.subarray(datagram.length - 2 * MAC_BYTES, datagram.length - MAC_BYTES);

const mac2Of = (datagram: Uint8Array): Uint8Array => datagram.subarray(datagram.length - MAC_BYTES);

/** Writes mac1 into a message that is complete otherwise. */
export function writeMac1(crypto: Crypto, key: Uint8Array, datagram: Uint8Array): void {
  mac1Of(datagram).set(mac(crypto, key, datagram.subarray(0, datagram.length - 2 * MAC_BYTES)));
}

/** Writes mac2. */
export function writeMac2(crypto: Crypto, cookie: Uint8Array, datagram: Uint8Array): void {
  mac2Of(datagram).set(mac(crypto, cookie, datagram.subarray(0, datagram.length - MAC_BYTES)));
}

/** Whether mac1 is right, in constant time. */
export function checkMac1(crypto: Crypto, key: Uint8Array, datagram: Uint8Array): boolean {
  const before = datagram.subarray(0, datagram.length - 2 * MAC_BYTES);
  return crypto.constantTimeEqual(mac(crypto, key, before), mac1Of(datagram));
}

/** Whether mac2 is the one of this cookie, in constant time. */
export function checkMac2(crypto: Crypto, cookie: Uint8Array, datagram: Uint8Array): boolean {
  const before = datagram.subarray(0, datagram.length - MAC_BYTES);
  return crypto.constantTimeEqual(mac(crypto, cookie, before), mac2Of(datagram));
}

function mac(crypto: Crypto, key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(32);
  crypto.hmacSha256(key, out, bytes);
  return out.subarray(0, MAC_BYTES);
}
