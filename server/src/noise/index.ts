// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Noise: the handshake Noise_XX_25519_ChaChaPoly_SHA256 of the Noise Protocol Framework (revision
 * 34) and nothing else of it; the sections named in this room are that text's. What it guards: a
 * nonce is never used twice, a DH result of zeros ends the handshake, and secrets can be wiped.
 * Start with handshake-state.ts.
 */
export { DH_BYTES, MAX_MESSAGE_BYTES, PROTOCOL_NAME, TAG_BYTES } from "./constants.js";
export {
  createHandshakeState,
  type HandshakeOptions,
  type HandshakeState,
} from "./handshake-state.js";
export { generateKeypair, type KeyPair } from "./key-pair.js";
export type { SplitKeys } from "./symmetric-state.js";
