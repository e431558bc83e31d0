// SPDX-License-Identifier: GPL-3.0-or-later

// What an adapter has to bring: the port's functions for arguments that are known to be right.
// door.ts makes a Crypto of it, checks included, so that every adapter refuses the same mistakes.

import type { Ed25519 } from "@inet256/client/identity";
import type { Crypto } from "./crypto.js";

/** One of the two AEADs, for a nonce of its own size. */
export interface Aead {
  seal: Crypto["seal"];
  /** False unless authentic. sealed has 16 bytes or more. */
  open: Crypto["open"];
}

/** An adapter's side of the port; sizes have been checked. */
export interface Primitives {
  readonly name: Crypto["name"];
  /** verify is given anything and makes the checks of the client package; the others are checked. */
  readonly ed25519: Ed25519;
  /** ChaCha20-Poly1305. */
  readonly chacha: Aead;
  /** XChaCha20-Poly1305. */
  readonly xchacha: Aead;
  x25519PublicKey(secret: Uint8Array): Uint8Array;
  /** False when the result is all zero; what out holds then does not matter. */
  x25519(secret: Uint8Array, publicKey: Uint8Array, out: Uint8Array): boolean;
  sha256(out: Uint8Array, parts: readonly Uint8Array[]): void;
  hmacSha256(key: Uint8Array, out: Uint8Array, parts: readonly Uint8Array[]): void;
  shake256(out: Uint8Array, parts: readonly Uint8Array[]): void;
  /** Both have the same size. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
  wipe(buffer: Uint8Array): void;
}
