// SPDX-License-Identifier: GPL-3.0-or-later

// The port: every primitive that the wire protocol needs, synchronous. Results go into buffers of
// the caller's, so that the hot path allocates nothing and secrets are where somebody wipes them.

import type { Ed25519 } from "@inet256/client/identity";

/** The outputs of HKDF: two or three buffers of 32 bytes. */
export type HkdfOutputs =
  | readonly [Uint8Array, Uint8Array]
  | readonly [Uint8Array, Uint8Array, Uint8Array];

/**
 * The primitives. Sizes are in bytes. An argument that is not a Uint8Array is a TypeError and one
 * of the wrong size a RangeError, both naming the argument, what was expected and what came: these
 * are mistakes of the caller. What came from a network never throws; it gives false.
 */
export interface Crypto {
  /** Which adapter this is, for status and logs. */
  readonly name: "native" | "portable";

  /** Signatures by the rule of INET256 section 1, for createKeys of the client package. */
  readonly ed25519: Ed25519;

  /** The X25519 public key (32) of a secret (32; any bytes will do, they are clamped). */
  x25519PublicKey(secret: Uint8Array): Uint8Array;

  /**
   * X25519 (RFC 7748) of a secret (32) and a public key (32) into out (32). False, and zeros in
   * out, when the result is all zero: the public key is of low order, and the handshake ends.
   */
  x25519(secret: Uint8Array, publicKey: Uint8Array, out: Uint8Array): boolean;

  /**
   * ChaCha20-Poly1305 (RFC 8439): ciphertext ‖ tag (16) into out, which is 16 longer than the
   * plaintext. Key 32, nonce 12, additional data of any size. A nonce is used once per key. out may
   * begin where the plaintext does, to seal in place; any other overlap is a RangeError.
   */
  seal(
    key: Uint8Array,
    nonce: Uint8Array,
    additionalData: Uint8Array,
    plaintext: Uint8Array,
    out: Uint8Array,
  ): void;

  /**
   * Opens what {@link seal} made into out, 16 shorter than sealed. False when it is not authentic,
   * or too short to be; out then holds zeros or what it held, never plaintext. out may begin where
   * sealed does; any other overlap is a RangeError.
   */
  open(
    key: Uint8Array,
    nonce: Uint8Array,
    additionalData: Uint8Array,
    sealed: Uint8Array,
    out: Uint8Array,
  ): boolean;

  /** As {@link seal}, with XChaCha20-Poly1305: its nonce (24) may be random. */
  sealX(
    key: Uint8Array,
    nonce: Uint8Array,
    additionalData: Uint8Array,
    plaintext: Uint8Array,
    out: Uint8Array,
  ): void;

  /** As {@link open}, with XChaCha20-Poly1305 and a nonce of 24. */
  openX(
    key: Uint8Array,
    nonce: Uint8Array,
    additionalData: Uint8Array,
    sealed: Uint8Array,
    out: Uint8Array,
  ): boolean;

  /** SHA-256 of the parts, one after the other, into out (32). */
  sha256(out: Uint8Array, ...parts: readonly Uint8Array[]): void;

  /** HMAC-SHA256 of the parts, one after the other, under a key of any size, into out (32). */
  hmacSha256(key: Uint8Array, out: Uint8Array, ...parts: readonly Uint8Array[]): void;

  /**
   * Noise's HKDF (Noise section 4.3) of a chaining key (32) and input of any size into two or three
   * outputs (32 each). The first output may be the chaining key's own buffer.
   */
  hkdfSha256(chainingKey: Uint8Array, input: Uint8Array, outputs: HkdfOutputs): void;

  /** SHAKE256 of the parts, one after the other: as many bytes as out has, at least one. */
  shake256(out: Uint8Array, ...parts: readonly Uint8Array[]): void;

  /** Whether both hold the same bytes, in a time that depends on their sizes only. */
  constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean;

  /** Overwrites every buffer with zeros. */
  wipe(...buffers: readonly Uint8Array[]): void;
}
