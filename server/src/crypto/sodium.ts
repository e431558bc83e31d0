// SPDX-License-Identifier: GPL-3.0-or-later

// sodium-native, which has no types and is an optional dependency: it is loaded when asked for, and
// this is the one place that says what it looks like. Functions throw for wrong sizes (they have
// been checked), and where their comment says so.

import { createRequire } from "node:module";
import { CryptoError } from "./errors.js";

type Bytes = Uint8Array;

/** Sealing: ciphertext ‖ tag into c. The fourth argument is unused and must be null. */
type Encrypt = (c: Bytes, m: Bytes, ad: Bytes, nsec: null, npub: Bytes, k: Bytes) => number;

/** Opening into m. Throws, with zeros in m, when it is not authentic. */
type Decrypt = (m: Bytes, nsec: null, c: Bytes, ad: Bytes, npub: Bytes, k: Bytes) => number;

/** The part of libsodium that is used here. */
export interface Sodium {
  sodium_memzero(buffer: Bytes): void;
  sodium_memcmp(a: Bytes, b: Bytes): boolean;
  crypto_sign_seed_keypair(publicKey: Bytes, secretKey: Bytes, seed: Bytes): void;
  crypto_sign_detached(signature: Bytes, message: Bytes, secretKey: Bytes): void;
  crypto_sign_verify_detached(signature: Bytes, message: Bytes, publicKey: Bytes): boolean;
  crypto_scalarmult_base(q: Bytes, n: Bytes): void;
  /** Throws when the result is all zero. */
  crypto_scalarmult(q: Bytes, n: Bytes, p: Bytes): void;
  readonly crypto_aead_chacha20poly1305_ietf_encrypt: Encrypt;
  readonly crypto_aead_chacha20poly1305_ietf_decrypt: Decrypt;
  readonly crypto_aead_xchacha20poly1305_ietf_encrypt: Encrypt;
  readonly crypto_aead_xchacha20poly1305_ietf_decrypt: Decrypt;
}

/**
 * Loads the library.
 *
 * @throws CryptoError NATIVE_UNAVAILABLE, with the reason as its cause, if it is not installed or
 * has no build for this machine.
 */
export function loadSodium(): Sodium {
  try {
    return createRequire(import.meta.url)("sodium-native") as Sodium;
  } catch (cause) {
    throw new CryptoError("NATIVE_UNAVAILABLE", "sodium-native cannot be loaded here", { cause });
  }
}
