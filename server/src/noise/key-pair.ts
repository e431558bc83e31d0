// SPDX-License-Identifier: GPL-3.0-or-later

// A Diffie-Hellman key pair (Noise section 4.1), static or ephemeral.

import type { Random } from "../core/index.js";
import type { Crypto } from "../crypto/index.js";
import { DH_BYTES } from "./constants.js";
import { secretBytes } from "./secret.js";

/** An X25519 key pair: 32 bytes each. */
export interface KeyPair {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** GENERATE_KEYPAIR: a fresh one. The secret is the caller's to wipe. */
export function generateKeypair(crypto: Crypto, random: Random): KeyPair {
  const secret = secretBytes(DH_BYTES);
  random.fill(secret);
  return { secret, publicKey: crypto.x25519PublicKey(secret) };
}
