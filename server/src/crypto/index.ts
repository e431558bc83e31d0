// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Crypto: the primitives behind one synchronous port, with a native adapter and a portable one.
 * What it guards: no other room imports a cryptographic library, and both adapters give the same
 * answer to every input, the hostile ones included. Start with crypto.ts.
 */
export {
  AEAD_KEY_BYTES,
  AEAD_NONCE_BYTES,
  AEAD_TAG_BYTES,
  AEAD_X_NONCE_BYTES,
  SHA256_BYTES,
  X25519_BYTES,
} from "./constants.js";
export type { Crypto, HkdfOutputs } from "./crypto.js";
export { CryptoError, type CryptoErrorCode } from "./errors.js";
export { createNativeCrypto } from "./native.js";
export { createPortableCrypto } from "./portable.js";
export { selectCrypto } from "./select.js";
