// SPDX-License-Identifier: GPL-3.0-or-later

import { createKeys, type Keys, type PrivateKey } from "@inet256/client/identity";
import type { Random } from "../core/index.js";
import type { Crypto } from "../crypto/index.js";

/** Keys over the daemon's crypto, and new ones from its randomness. */
export interface Identities {
  /** Reading, writing, signing and verifying, with the adapter's Ed25519. */
  readonly keys: Keys;
  /** A new Ed25519 key. Its seed is nowhere else; whoever asked for it wipes it. */
  generate(): PrivateKey;
}

const SEED_BYTES = 32;

/** Identities over this crypto and this source of randomness. */
export function createIdentities(crypto: Crypto, random: Random): Identities {
  const keys = createKeys(crypto.ed25519);
  return {
    keys,
    generate() {
      const seed = new Uint8Array(new ArrayBuffer(SEED_BYTES));
      random.fill(seed);
      try {
        return keys.fromSeed(seed);
      } finally {
        crypto.wipe(seed);
      }
    },
  };
}
