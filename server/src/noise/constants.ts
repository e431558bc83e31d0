// SPDX-License-Identifier: GPL-3.0-or-later

// Sizes in bytes, all of them fixed by the Noise specification for this one protocol.

/** The one protocol that is spoken (Noise section 8): 32 bytes, as long as h. */
export const PROTOCOL_NAME = "Noise_XX_25519_ChaChaPoly_SHA256";

/** DHLEN: a secret, a public key, a result of DH (Noise section 12.1). */
export const DH_BYTES = 32;

/** HASHLEN: ck, h and the outputs of HKDF (Noise section 12.5). */
export const HASH_BYTES = 32;

/** A key of the cipher, k (Noise section 4.2). */
export const KEY_BYTES = 32;

/** What encryption adds to a plaintext (Noise section 4.2). */
export const TAG_BYTES = 16;

/** A nonce of ChaChaPoly: 4 zero bytes and n, 64 bits, little-endian (Noise section 12.3). */
export const NONCE_BYTES = 12;

/** The longest message of the protocol (Noise section 3); one that is longer is none. */
export const MAX_MESSAGE_BYTES = 65_535;
