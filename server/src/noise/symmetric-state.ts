// SPDX-License-Identifier: GPL-3.0-or-later

// The SymmetricState object (Noise section 5.2): the chaining key ck, into which every DH result
// goes, and the transcript hash h, into which every byte sent goes. Both ends agree on h only if
// they have seen the same bytes, and it is the additional data of everything that is encrypted.

import type { Crypto } from "../crypto/index.js";
import { type CipherState, createCipherState } from "./cipher-state.js";
import { HASH_BYTES, KEY_BYTES, PROTOCOL_NAME, TAG_BYTES } from "./constants.js";
import { secretBytes, secretCopy } from "./secret.js";

/** What Noise's Split gives, with the third output of HKDF besides (K1). 32 bytes each. */
export interface SplitKeys {
  /** The key for what the initiator sends. */
  readonly initiatorToResponder: Uint8Array;
  /** The key for what the responder sends. */
  readonly responderToInitiator: Uint8Array;
  /** A secret of both ends' that later key steps start from. */
  readonly exporter: Uint8Array;
}

/** ck, h and the cipher of a handshake. */
export interface SymmetricState {
  /** The transcript hash: a view, not a copy. */
  readonly h: Uint8Array;
  /** MixKey: a DH result into ck, and a new key for the cipher. */
  mixKey(inputKeyMaterial: Uint8Array): void;
  /** MixHash: bytes of the transcript into h. */
  mixHash(data: Uint8Array): void;
  /** The bytes that encryptAndHash adds now: 16 once there is a key, else 0. */
  readonly addedBytes: number;
  /** EncryptAndHash into out, which is `addedBytes` longer than the plaintext and apart from it. */
  encryptAndHash(plaintext: Uint8Array, out: Uint8Array): void;
  /** DecryptAndHash into out, `addedBytes` shorter and apart; false when it is not authentic. */
  decryptAndHash(ciphertext: Uint8Array, out: Uint8Array): boolean;
  /** Split with a third output: HKDF(ck, "", 3). The buffers are the caller's to wipe. */
  split(): SplitKeys;
  /** A copy that shares nothing with this one. */
  clone(): SymmetricState;
  /** Zeroes ck, h and the cipher's key. */
  wipe(): void;
}

const NOTHING = new Uint8Array(0);

/** InitializeSymmetric: the name is as long as h, so that it is h, and ck too. */
export function createSymmetricState(crypto: Crypto): SymmetricState {
  const h = secretBytes(HASH_BYTES);
  for (let i = 0; i < h.length; i++) h[i] = PROTOCOL_NAME.charCodeAt(i);
  return symmetricStateOf(crypto, secretCopy(h), h, createCipherState(crypto));
}

/** Owns ck, h and the cipher. */
function symmetricStateOf(
  crypto: Crypto,
  ck: Uint8Array,
  h: Uint8Array,
  cipher: CipherState,
): SymmetricState {
  const mixHash = (data: Uint8Array): void => crypto.sha256(h, h, data);
  return {
    h,
    mixKey(inputKeyMaterial) {
      const tempK = secretBytes(KEY_BYTES);
      crypto.hkdfSha256(ck, inputKeyMaterial, [ck, tempK]);
      cipher.initializeKey(tempK);
      crypto.wipe(tempK);
    },
    mixHash,
    get addedBytes() {
      return cipher.hasKey ? TAG_BYTES : 0;
    },
    encryptAndHash(plaintext, out) {
      cipher.encryptWithAd(h, plaintext, out);
      mixHash(out);
    },
    decryptAndHash(ciphertext, out) {
      if (!cipher.decryptWithAd(h, ciphertext, out)) return false;
      mixHash(ciphertext);
      return true;
    },
    split() {
      const initiatorToResponder = secretBytes(KEY_BYTES);
      const responderToInitiator = secretBytes(KEY_BYTES);
      const exporter = secretBytes(HASH_BYTES);
      crypto.hkdfSha256(ck, NOTHING, [initiatorToResponder, responderToInitiator, exporter]);
      return { initiatorToResponder, responderToInitiator, exporter };
    },
    clone: () => symmetricStateOf(crypto, secretCopy(ck), secretCopy(h), cipher.clone()),
    wipe() {
      crypto.wipe(ck, h);
      cipher.wipe();
    },
  };
}
