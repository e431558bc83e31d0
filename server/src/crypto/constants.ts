// SPDX-License-Identifier: GPL-3.0-or-later

// Sizes in bytes, all of them fixed by the primitives.

/** A key of X25519, secret or public, and its result (RFC 7748). */
export const X25519_BYTES = 32;

/** A key of ChaCha20-Poly1305 and XChaCha20-Poly1305 (RFC 8439). */
export const AEAD_KEY_BYTES = 32;

/** What sealing adds: the Poly1305 tag. */
export const AEAD_TAG_BYTES = 16;

/** A nonce of ChaCha20-Poly1305. */
export const AEAD_NONCE_BYTES = 12;

/** A nonce of XChaCha20-Poly1305. */
export const AEAD_X_NONCE_BYTES = 24;

/** A digest of SHA-256, of HMAC with it, and each output of Noise's HKDF. */
export const SHA256_BYTES = 32;

/** An Ed25519 seed. */
export const ED25519_SEED_BYTES = 32;

/** An Ed25519 public key. */
export const ED25519_PUBLIC_KEY_BYTES = 32;

/** An Ed25519 signature. */
export const ED25519_SIGNATURE_BYTES = 64;
