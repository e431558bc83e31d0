// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A Crypto that watches how another one is used: whether anything is sealed twice under one key
 * and nonce, and whether the keys it was given are zeros once they should be.
 */
import type { Crypto } from "../../server/src/crypto/index.js";

/** What was seen. */
export interface WatchedCrypto {
  readonly crypto: Crypto;
  /** Seals under a key and a nonce that had sealed before. */
  readonly repeats: number;
  /** Seals in all. */
  readonly seals: number;
  /** Buffers that have held a secret key and are not zero now. */
  unwiped(): number;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** Watches this one. */
export function watchCrypto(inner: Crypto): WatchedCrypto {
  const sealed = new Set<string>();
  const keys = new Set<Uint8Array>();
  let repeats = 0;
  let seals = 0;
  const crypto: Crypto = {
    ...inner,
    x25519PublicKey(secret) {
      keys.add(secret);
      return inner.x25519PublicKey(secret);
    },
    x25519(secret, publicKey, out) {
      keys.add(secret).add(out);
      return inner.x25519(secret, publicKey, out);
    },
    seal(key, nonce, additionalData, plaintext, out) {
      const use = text(key) + text(nonce);
      if (sealed.has(use)) repeats += 1;
      sealed.add(use);
      keys.add(key);
      seals += 1;
      inner.seal(key, nonce, additionalData, plaintext, out);
    },
    open(key, nonce, additionalData, bytes, out) {
      keys.add(key);
      return inner.open(key, nonce, additionalData, bytes, out);
    },
    hkdfSha256(chainingKey, input, outputs) {
      keys.add(chainingKey);
      for (const output of outputs) keys.add(output);
      inner.hkdfSha256(chainingKey, input, outputs);
    },
  };
  return {
    crypto,
    get repeats() {
      return repeats;
    },
    get seals() {
      return seals;
    },
    unwiped: () => [...keys].filter((key) => key.some((byte) => byte !== 0)).length,
  };
}
