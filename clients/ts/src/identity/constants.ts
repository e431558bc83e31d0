// SPDX-License-Identifier: Apache-2.0

// Sizes and names of addresses, keys and key files. The first part is fixed by INET256, the
// second is our choice.

/** Bytes in an address (INET256 section 1). */
export const ADDRESS_BYTES = 32;

/** Bits in an address (INET256 section 1). */
export const ADDRESS_BITS = 256;

/** Characters in the text form of an address (INET256 section 1). */
export const ADDRESS_TEXT_LENGTH = 43;

/** Bytes in an IPv6 address. */
export const IPV6_BYTES = 16;

/** The algorithm's name: the tag of its public keys (INET256 section 1). */
export const ED25519 = "ed25519";

/** Bytes in an Ed25519 seed, the secret half of a private key. */
export const ED25519_SEED_BYTES = 32;

/** Bytes in an Ed25519 public key. */
export const ED25519_PUBLIC_KEY_BYTES = 32;

/** Bytes in an Ed25519 signature: R, then S. */
export const ED25519_SIGNATURE_BYTES = 64;

/** What a private key's tag adds to the algorithm's name (INET256 section 1). */
export const PRIVATE_SUFFIX = ".private";

/** Purposes that begin with this are for implementations only (INET256 section 4). */
export const RESERVED_PURPOSE_PREFIX = "inet256/";

/** Bytes in the context that a purpose gives (INET256 section 4). */
export const SIGNATURE_CONTEXT_BYTES = 32;

/** Bytes in the digest that is signed (INET256 section 4). */
export const SIGNATURE_DIGEST_BYTES = 64;

/**
 * The largest key file that is looked at, in bytes; a larger one is refused. Ed25519 needs 160,
 * post-quantum products some thousands.
 */
export const MAX_KEY_FILE_BYTES = 65_536;

/** The longest tag of a serialized key that is looked at, in bytes; a longer one is refused. */
export const MAX_TAG_BYTES = 1_024;
