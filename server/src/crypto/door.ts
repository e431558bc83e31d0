// SPDX-License-Identifier: GPL-3.0-or-later

// Makes a Crypto of an adapter's primitives: what is wrong for one adapter is wrong for each.

import type { Ed25519 } from "@inet256/client/identity";
import { checkBytes, checkOverlap, checkParts } from "./checks.js";
import {
  AEAD_KEY_BYTES,
  AEAD_NONCE_BYTES,
  AEAD_TAG_BYTES,
  AEAD_X_NONCE_BYTES,
  ED25519_PUBLIC_KEY_BYTES,
  ED25519_SEED_BYTES,
  SHA256_BYTES,
  X25519_BYTES,
} from "./constants.js";
import type { Crypto } from "./crypto.js";
import { hkdf } from "./hkdf.js";
import type { Aead, Primitives } from "./primitives.js";

/** The port over these primitives, with every argument checked. */
export function createCrypto(primitives: Primitives): Crypto {
  const chacha = checkedAead(primitives.chacha, AEAD_NONCE_BYTES);
  const xchacha = checkedAead(primitives.xchacha, AEAD_X_NONCE_BYTES);
  return {
    name: primitives.name,
    ed25519: checkedEd25519(primitives.ed25519),
    ...checkedX25519(primitives),
    seal: chacha.seal,
    open: chacha.open,
    sealX: xchacha.seal,
    openX: xchacha.open,
    ...checkedHashes(primitives),
    constantTimeEqual(a, b) {
      checkBytes("a", a);
      checkBytes("b", b);
      return a.length === b.length && primitives.equal(a, b);
    },
    wipe(...buffers) {
      checkParts(buffers);
      for (const buffer of buffers) primitives.wipe(buffer);
    },
  };
}

function checkedEd25519(ed25519: Ed25519): Ed25519 {
  return {
    publicKeyOf(seed) {
      checkBytes("seed", seed, ED25519_SEED_BYTES);
      return ed25519.publicKeyOf(seed);
    },
    sign(seed, publicKey, message) {
      checkBytes("seed", seed, ED25519_SEED_BYTES);
      checkBytes("publicKey", publicKey, ED25519_PUBLIC_KEY_BYTES);
      checkBytes("message", message);
      return ed25519.sign(seed, publicKey, message);
    },
    verify(publicKey, message, signature) {
      checkBytes("publicKey", publicKey);
      checkBytes("message", message);
      checkBytes("signature", signature);
      return ed25519.verify(publicKey, message, signature);
    },
  };
}

function checkedX25519(primitives: Primitives): Pick<Crypto, "x25519PublicKey" | "x25519"> {
  return {
    x25519PublicKey(secret) {
      checkBytes("secret", secret, X25519_BYTES);
      return primitives.x25519PublicKey(secret);
    },
    x25519(secret, publicKey, out) {
      checkBytes("secret", secret, X25519_BYTES);
      checkBytes("publicKey", publicKey, X25519_BYTES);
      checkBytes("out", out, X25519_BYTES);
      if (primitives.x25519(secret, publicKey, out)) return true;
      primitives.wipe(out);
      return false;
    },
  };
}

function checkedAead(aead: Aead, nonceBytes: number): Aead {
  return {
    seal(key, nonce, additionalData, plaintext, out) {
      checkBytes("key", key, AEAD_KEY_BYTES);
      checkBytes("nonce", nonce, nonceBytes);
      checkBytes("additionalData", additionalData);
      checkBytes("plaintext", plaintext);
      checkBytes("out", out, plaintext.length + AEAD_TAG_BYTES);
      checkOverlap("out", plaintext, out);
      aead.seal(key, nonce, additionalData, plaintext, out);
    },
    open(key, nonce, additionalData, sealed, out) {
      checkBytes("key", key, AEAD_KEY_BYTES);
      checkBytes("nonce", nonce, nonceBytes);
      checkBytes("additionalData", additionalData);
      checkBytes("sealed", sealed);
      checkBytes("out", out);
      if (sealed.length < AEAD_TAG_BYTES) return false;
      checkBytes("out", out, sealed.length - AEAD_TAG_BYTES);
      checkOverlap("out", sealed, out);
      return aead.open(key, nonce, additionalData, sealed, out);
    },
  };
}

function checkedHashes(
  primitives: Primitives,
): Pick<Crypto, "sha256" | "hmacSha256" | "hkdfSha256" | "shake256"> {
  return {
    sha256(out, ...parts) {
      checkBytes("out", out, SHA256_BYTES);
      checkParts(parts);
      primitives.sha256(out, parts);
    },
    hmacSha256(key, out, ...parts) {
      checkBytes("key", key);
      checkBytes("out", out, SHA256_BYTES);
      checkParts(parts);
      primitives.hmacSha256(key, out, parts);
    },
    hkdfSha256(chainingKey, input, outputs) {
      checkBytes("chainingKey", chainingKey, SHA256_BYTES);
      checkBytes("input", input);
      for (const output of outputs) checkBytes("outputs", output, SHA256_BYTES);
      hkdf(primitives, chainingKey, input, outputs);
    },
    shake256(out, ...parts) {
      checkBytes("out", out);
      if (out.length === 0) throw new RangeError("out: expected at least 1 byte, got 0");
      checkParts(parts);
      primitives.shake256(out, parts);
    },
  };
}
