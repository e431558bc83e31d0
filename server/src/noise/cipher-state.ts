// SPDX-License-Identifier: GPL-3.0-or-later

// The CipherState object (Noise section 5.1): a key and the counter that is its nonce. Invariant: a
// nonce is used once per key, since n only counts up and cannot be set from outside.

import type { Crypto } from "../crypto/index.js";
import { KEY_BYTES, NONCE_BYTES } from "./constants.js";
import { secretBytes, secretCopy } from "./secret.js";

/** A key, or none yet, and its counter. */
export interface CipherState {
  /** Whether there is a key: without one, plaintext and ciphertext are the same. */
  readonly hasKey: boolean;
  /** InitializeKey: copies the key (32) and begins to count at 0. */
  initializeKey(key: Uint8Array): void;
  /** EncryptWithAd: the ciphertext into out, 16 bytes longer than the plaintext with a key. */
  encryptWithAd(ad: Uint8Array, plaintext: Uint8Array, out: Uint8Array): void;
  /** DecryptWithAd into out, 16 bytes shorter with a key; false if not authentic, n stays then. */
  decryptWithAd(ad: Uint8Array, ciphertext: Uint8Array, out: Uint8Array): boolean;
  /** A copy that shares nothing with this one. */
  clone(): CipherState;
  /** Zeroes the key; there is none afterwards. */
  wipe(): void;
}

/** Without a key. */
export function createCipherState(crypto: Crypto): CipherState {
  return cipherStateOf(crypto, secretBytes(KEY_BYTES), 0, false);
}

/** Owns k. */
function cipherStateOf(
  crypto: Crypto,
  k: Uint8Array,
  firstN: number,
  startsWithKey: boolean,
): CipherState {
  let n = firstN;
  let hasKey = startsWithKey;
  const nonce = new Uint8Array(NONCE_BYTES);
  const nonceWords = new DataView(nonce.buffer);
  const setNonce = (): void => {
    // A handshake uses a key twice at most; this is far below the limit of Noise.
    if (n > 0xffff_ffff) throw new RangeError("n: the nonces of this key are used up");
    nonceWords.setUint32(4, n, true);
  };
  return {
    get hasKey() {
      return hasKey;
    },
    initializeKey(key) {
      k.set(key);
      n = 0;
      hasKey = true;
    },
    encryptWithAd(ad, plaintext, out) {
      if (!hasKey) {
        out.set(plaintext);
        return;
      }
      setNonce();
      n += 1;
      crypto.seal(k, nonce, ad, plaintext, out);
    },
    decryptWithAd(ad, ciphertext, out) {
      if (!hasKey) {
        out.set(ciphertext);
        return true;
      }
      setNonce();
      if (!crypto.open(k, nonce, ad, ciphertext, out)) return false;
      n += 1;
      return true;
    },
    clone: () => cipherStateOf(crypto, secretCopy(k), n, hasKey),
    wipe() {
      crypto.wipe(k);
      hasKey = false;
    },
  };
}
