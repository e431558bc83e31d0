// SPDX-License-Identifier: GPL-3.0-or-later

// The native adapter: libsodium by way of sodium-native, and node:crypto for the hashes. It hands
// over views, never copies.

import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import {
  type Ed25519,
  isAcceptableEd25519PublicKey,
  isAcceptableEd25519Signature,
} from "@inet256/client/identity";
import { ED25519_PUBLIC_KEY_BYTES, ED25519_SIGNATURE_BYTES, X25519_BYTES } from "./constants.js";
import type { Crypto } from "./crypto.js";
import { createCrypto } from "./door.js";
import { CryptoError } from "./errors.js";
import type { Aead, Primitives } from "./primitives.js";
import { loadSodium, type Sodium } from "./sodium.js";

/** The port on native code, or undefined where sodium-native is not installed or has no build. */
export function createNativeCrypto(): Crypto | undefined {
  try {
    return requireNativeCrypto();
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

/**
 * The port on native code.
 *
 * @throws CryptoError NATIVE_UNAVAILABLE where sodium-native is not installed or has no build.
 */
export function requireNativeCrypto(): Crypto {
  return createCrypto(nativePrimitives(loadSodium()));
}

function nativePrimitives(sodium: Sodium): Primitives {
  return {
    name: "native",
    ed25519: nativeEd25519(sodium),
    chacha: nativeAead(
      sodium.crypto_aead_chacha20poly1305_ietf_encrypt,
      sodium.crypto_aead_chacha20poly1305_ietf_decrypt,
    ),
    xchacha: nativeAead(
      sodium.crypto_aead_xchacha20poly1305_ietf_encrypt,
      sodium.crypto_aead_xchacha20poly1305_ietf_decrypt,
    ),
    x25519PublicKey(secret) {
      const publicKey = new Uint8Array(X25519_BYTES);
      sodium.crypto_scalarmult_base(publicKey, secret);
      return publicKey;
    },
    x25519(secret, publicKey, out) {
      try {
        sodium.crypto_scalarmult(out, secret, publicKey);
        return true;
      } catch {
        return false; // sizes are right: all there is left to throw for is a result of zeros
      }
    },
    sha256: (out, parts) => digest(createHash("sha256"), out, parts),
    hmacSha256: (key, out, parts) => digest(createHmac("sha256", key), out, parts),
    shake256: (out, parts) =>
      digest(createHash("shake256", { outputLength: out.length }), out, parts),
    equal: (a, b) => sodium.sodium_memcmp(a, b),
    wipe: (buffer) => sodium.sodium_memzero(buffer),
  };
}

/** libsodium's verification is cofactorless; the rest of the rule is checked before it. */
function nativeEd25519(sodium: Sodium): Ed25519 {
  const secretKey = new Uint8Array(new ArrayBuffer(64));
  return {
    publicKeyOf(seed) {
      const publicKey = new Uint8Array(ED25519_PUBLIC_KEY_BYTES);
      sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed);
      sodium.sodium_memzero(secretKey);
      return publicKey;
    },
    sign(seed, publicKey, message) {
      const signature = new Uint8Array(ED25519_SIGNATURE_BYTES);
      secretKey.set(seed);
      secretKey.set(publicKey, seed.length);
      sodium.crypto_sign_detached(signature, message, secretKey);
      sodium.sodium_memzero(secretKey);
      return signature;
    },
    verify: (publicKey, message, signature) =>
      isAcceptableEd25519PublicKey(publicKey) &&
      isAcceptableEd25519Signature(signature) &&
      sodium.crypto_sign_verify_detached(signature, message, publicKey),
  };
}

function nativeAead(
  encrypt: Sodium["crypto_aead_chacha20poly1305_ietf_encrypt"],
  decrypt: Sodium["crypto_aead_chacha20poly1305_ietf_decrypt"],
): Aead {
  return {
    seal(key, nonce, additionalData, plaintext, out) {
      encrypt(out, plaintext, additionalData, null, nonce, key);
    },
    open(key, nonce, additionalData, sealed, out) {
      try {
        decrypt(out, null, sealed, additionalData, nonce, key);
        return true;
      } catch {
        return false; // sizes are right: all there is left to throw for is that it is not authentic
      }
    },
  };
}

function digest(hash: Hash | Hmac, out: Uint8Array, parts: readonly Uint8Array[]): void {
  for (const part of parts) hash.update(part);
  const result = hash.digest();
  out.set(result);
  result.fill(0);
}
