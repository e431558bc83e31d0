// SPDX-License-Identifier: Apache-2.0

// Private keys: made, read, written, and signing. Everything here takes its Ed25519 from outside,
// so that a daemon signs natively and a browser can sign at all; nothing here reads randomness.

import { constantTimeEqual, describe, isBytes } from "./bytes.js";
import {
  ED25519,
  ED25519_PUBLIC_KEY_BYTES,
  ED25519_SEED_BYTES,
  PRIVATE_SUFFIX,
} from "./constants.js";
import type { Ed25519 } from "./ed25519.js";
import { IdentityError } from "./errors.js";
import { decodeKeyFile, encodeKeyFile, type KeyFileFormat } from "./key-file.js";
import { createPrivateKey, type PrivateKey, seedOf } from "./private-key.js";
import { ed25519PublicKey, type PublicKey } from "./public-key.js";
import { decodeTagged } from "./serialization.js";
import { isReservedPurpose, signatureDigest } from "./signatures.js";

/** What can be done with private keys and signatures. */
export interface Keys {
  /**
   * The Ed25519 key with this seed: 32 bytes from a cryptographic source of randomness, copied;
   * the caller wipes its own.
   *
   * @throws IdentityError BAD_KEY unless there are exactly 32 bytes.
   */
  fromSeed(seed: Uint8Array): PrivateKey;

  /**
   * The key with this serialized form (INET256 section 1), copied; the caller wipes its own.
   * Strict: exact length, known tag, and its public half must be the one its seed gives.
   *
   * @throws IdentityError UNKNOWN_ALGORITHM, or BAD_KEY; a public key is told apart.
   */
  parsePrivateKey(serialized: Uint8Array): PrivateKey;

  /**
   * Signs a message for a purpose of the application's own (INET256 section 4).
   *
   * @throws IdentityError BAD_PURPOSE if the purpose begins with "inet256/", which is reserved for
   * implementations, or is not well-formed text; BAD_KEY if the key was wiped.
   */
  sign(key: PrivateKey, purpose: string, message: Uint8Array): Uint8Array;

  /**
   * Signs a message for a reserved purpose. For implementations of INET256: never offer this to an
   * application, which could sign what the network takes for the node's own word.
   *
   * @throws IdentityError BAD_PURPOSE unless the purpose begins with "inet256/"; BAD_KEY if the key
   * was wiped.
   */
  signReserved(key: PrivateKey, purpose: string, message: Uint8Array): Uint8Array;

  /**
   * Whether this is the key's signature of the message for the purpose, reserved or not. Never
   * throws for a message or a signature.
   *
   * @throws IdentityError BAD_PURPOSE if the purpose is not well-formed text.
   */
  verify(key: PublicKey, purpose: string, message: Uint8Array, signature: Uint8Array): boolean;

  /**
   * The private key in a key file (INET256 section 6): PKCS#8 PEM, PEM labelled "INET256 PRIVATE
   * KEY", or the bare serialized key. The caller wipes the bytes it read.
   *
   * @throws IdentityError UNKNOWN_ALGORITHM, or BAD_KEY for a file that is empty, damaged, cut
   * short, encrypted, of more than one block, larger than 64 KiB, or holds a public key.
   */
  decodeKeyFile(file: Uint8Array): PrivateKey;

  /**
   * A key file with this key: "pkcs8" (the default) is what `openssl genpkey -algorithm ed25519`
   * writes. To be written with mode 0600; the caller wipes the bytes afterwards.
   *
   * @throws IdentityError BAD_KEY if the key was wiped or there is no such format.
   */
  encodeKeyFile(key: PrivateKey, format?: KeyFileFormat): Uint8Array;
}

/** Keys that sign and verify with this Ed25519. */
export function createKeys(ed25519: Ed25519): Keys {
  const fromSeed = (seed: Uint8Array) => keyOfSeed(ed25519, seed);
  const parsePrivateKey = (serialized: Uint8Array) => parse(ed25519, serialized);
  return {
    fromSeed,
    parsePrivateKey,
    sign(key, purpose, message) {
      if (isReservedPurpose(purpose)) {
        throw badPurpose('purposes that begin with "inet256/" are reserved for implementations');
      }
      return sign(ed25519, key, purpose, message);
    },
    signReserved(key, purpose, message) {
      if (!isReservedPurpose(purpose)) {
        throw badPurpose('a reserved purpose begins with "inet256/"');
      }
      return sign(ed25519, key, purpose, message);
    },
    verify(key, purpose, message, signature) {
      return ed25519.verify(key.raw, signatureDigest(purpose, message), signature);
    },
    decodeKeyFile: (file) => decodeKeyFile(file, { fromSeed, parsePrivateKey }),
    encodeKeyFile: (key, format = "pkcs8") => encodeKeyFile(key, format),
  };
}

function keyOfSeed(ed25519: Ed25519, seed: Uint8Array): PrivateKey {
  if (!isBytes(seed) || seed.length !== ED25519_SEED_BYTES) {
    throw new IdentityError("BAD_KEY", `an Ed25519 seed has 32 bytes, got ${describe(seed)}`);
  }
  return createPrivateKey(seed, ed25519PublicKey(ed25519.publicKeyOf(seed)));
}

function parse(ed25519: Ed25519, serialized: Uint8Array): PrivateKey {
  const raw = rawPrivateKey(serialized);
  const key = keyOfSeed(ed25519, raw.subarray(0, ED25519_SEED_BYTES));
  if (constantTimeEqual(raw.subarray(ED25519_SEED_BYTES), key.publicKey.raw)) return key;
  key.wipe();
  throw new IdentityError("BAD_KEY", "the private key's public half is not the one its seed gives");
}

/** The seed and the public key of a serialized Ed25519 private key, as a view. */
function rawPrivateKey(serialized: Uint8Array): Uint8Array {
  if (!isBytes(serialized)) {
    throw new IdentityError("BAD_KEY", `a serialized key is bytes, got ${describe(serialized)}`);
  }
  const tagged = decodeTagged(serialized);
  if (tagged === undefined) {
    throw new IdentityError("BAD_KEY", "not a serialized key: its tag is damaged or cut short");
  }
  const { tag, raw } = tagged;
  if (tag === ED25519) {
    throw new IdentityError("BAD_KEY", "a public key was given where a private key is expected");
  }
  if (tag !== ED25519 + PRIVATE_SUFFIX) {
    throw new IdentityError(
      "UNKNOWN_ALGORITHM",
      `the key is of an algorithm that is not known here; expected ${ED25519}${PRIVATE_SUFFIX}`,
    );
  }
  const expected = ED25519_SEED_BYTES + ED25519_PUBLIC_KEY_BYTES;
  if (raw.length !== expected) {
    throw new IdentityError(
      "BAD_KEY",
      `an Ed25519 private key has ${expected} bytes after its tag, got ${raw.length}`,
    );
  }
  return raw;
}

function sign(ed25519: Ed25519, key: PrivateKey, purpose: string, message: Uint8Array): Uint8Array {
  const seed = seedOf(key);
  return ed25519.sign(seed, key.publicKey.raw, signatureDigest(purpose, message));
}

function badPurpose(message: string): IdentityError {
  return new IdentityError("BAD_PURPOSE", message);
}
