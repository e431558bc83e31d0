// SPDX-License-Identifier: GPL-3.0-or-later

// The portable adapter: JavaScript alone (@noble), for machines without a build of sodium-native,
// and the native adapter's oracle in tests.

import { constantTimeEqual, portableEd25519, wipe } from "@inet256/client/identity";
import { chacha20poly1305, xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { shake256 } from "@noble/hashes/sha3.js";
import type { Crypto } from "./crypto.js";
import { createCrypto } from "./door.js";
import type { Aead, Primitives } from "./primitives.js";

/** The port in JavaScript. Correct everywhere, fast nowhere. */
export function createPortableCrypto(): Crypto {
  return createCrypto(PRIMITIVES);
}

const PRIMITIVES: Primitives = {
  name: "portable",
  ed25519: portableEd25519,
  chacha: aead(chacha20poly1305),
  xchacha: aead(xchacha20poly1305),
  x25519PublicKey: (secret) => x25519.getPublicKey(secret),
  x25519: agree,
  sha256(out, parts) {
    absorb(sha256.create(), parts).digestInto(out);
  },
  hmacSha256(key, out, parts) {
    absorb(hmac.create(sha256, key), parts).digestInto(out);
  },
  shake256(out, parts) {
    absorb(shake256.create({}), parts).xofInto(out);
  },
  equal: constantTimeEqual,
  wipe,
};

/** The library throws for a result of all zeros, which is the only thing left to throw for. */
function agree(secret: Uint8Array, publicKey: Uint8Array, out: Uint8Array): boolean {
  try {
    const shared = x25519.getSharedSecret(secret, publicKey);
    out.set(shared);
    wipe(shared);
    return true;
  } catch {
    return false;
  }
}

type Cipher = typeof chacha20poly1305;

/** The library authenticates before it writes, and throws if that fails. */
function aead(cipher: Cipher): Aead {
  return {
    seal(key, nonce, additionalData, plaintext, out) {
      cipher(key, nonce, additionalData).encrypt(plaintext, out);
    },
    open(key, nonce, additionalData, sealed, out) {
      try {
        cipher(key, nonce, additionalData).decrypt(sealed, out);
        return true;
      } catch {
        return false;
      }
    },
  };
}

function absorb<Hash extends { update(part: Uint8Array): unknown }>(
  hash: Hash,
  parts: readonly Uint8Array[],
): Hash {
  for (const part of parts) hash.update(part);
  return hash;
}
