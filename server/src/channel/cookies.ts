// SPDX-License-Identifier: GPL-3.0-or-later

// The cookies we ask for (C7): a proof that whoever sends from a source receives there, without
// a byte of memory for it.
//
//     cookie = HMAC-SHA256(S, u8 layer ‖ source ‖ responder address)[0..16]

import type { Random } from "../core/index.js";
import type { Crypto } from "../crypto/index.js";
import { COOKIE_SECRET_MS, MAC_BYTES } from "./constants.js";
import { checkMac2 } from "./wire/message1.js";

/** Makes and recognises cookies. */
export interface Cookies {
  /** The cookie of a source for one of our addresses: 16 bytes. */
  make(source: Uint8Array, responder: Uint8Array, nowMs: number): Uint8Array;
  /** Whether message 1 shows the cookie of this source, made with this secret or the one before. */
  proves(message1: Uint8Array, source: Uint8Array, responder: Uint8Array, nowMs: number): boolean;
  /** Overwrites the secrets. */
  wipe(): void;
}

/** Cookies of one layer; the secret is replaced every 120 s. */
export function createCookies(crypto: Crypto, random: Random, layer: number): Cookies {
  // In buffers of their own, which the collector of garbage does not copy.
  const secret = new Uint8Array(new ArrayBuffer(32));
  const previous = new Uint8Array(new ArrayBuffer(32));
  let madeMs = Number.NEGATIVE_INFINITY;
  let hasPrevious = false;
  const label = Uint8Array.of(layer);

  const rotate = (nowMs: number): void => {
    // As if replaced on time, so that no cookie is accepted for longer than two secrets' lives.
    const lives = Math.floor((nowMs - madeMs) / COOKIE_SECRET_MS);
    if (lives < 1) return;
    hasPrevious = lives === 1;
    previous.set(secret);
    random.fill(secret);
    madeMs = lives === Number.POSITIVE_INFINITY ? nowMs : madeMs + lives * COOKIE_SECRET_MS;
  };
  const cookie = (key: Uint8Array, source: Uint8Array, responder: Uint8Array): Uint8Array => {
    const out = new Uint8Array(32);
    crypto.hmacSha256(key, out, label, source, responder);
    return out.subarray(0, MAC_BYTES);
  };
  return {
    make(source, responder, nowMs) {
      rotate(nowMs);
      return cookie(secret, source, responder);
    },
    proves(message1, source, responder, nowMs) {
      rotate(nowMs);
      if (checkMac2(crypto, cookie(secret, source, responder), message1)) return true;
      return hasPrevious && checkMac2(crypto, cookie(previous, source, responder), message1);
    },
    wipe: () => crypto.wipe(secret, previous),
  };
}
