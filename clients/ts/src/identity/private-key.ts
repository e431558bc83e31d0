// SPDX-License-Identifier: Apache-2.0

// A private key. What it guards: its seed sits in one buffer of its own that nothing outside this
// folder can reach, never shows in a log, and is gone after wipe(); and its public half is the
// seed's, which signing relies on (a signature made with another public key gives the seed away).

import type { Address } from "./address.js";
import { copySecret, wipe } from "./bytes.js";
import { PRIVATE_SUFFIX } from "./constants.js";
import { IdentityError } from "./errors.js";
import { inspect } from "./inspect.js";
import type { PublicKey } from "./public-key.js";
import { SECRET_TEXT } from "./secret.js";
import { encodeTagged } from "./serialization.js";

// Not through the door: the rest of this folder makes keys and reads their seeds with these.

/** A private key of a copy of the seed; publicKey must be the seed's own. */
export let createPrivateKey: (seed: Uint8Array, publicKey: PublicKey) => PrivateKey;

/**
 * The seed itself, not a copy: to be used at once, and neither kept nor modified.
 *
 * @throws IdentityError BAD_KEY once the key is wiped.
 */
export let seedOf: (key: PrivateKey) => Uint8Array;

/** A private key, made by Keys. Wipe it when it is no longer needed. */
export class PrivateKey {
  /** Its public half; stays usable after wipe(). */
  readonly publicKey: PublicKey;
  #seed: Uint8Array | undefined;

  private constructor(seed: Uint8Array, publicKey: PublicKey) {
    this.#seed = copySecret(seed);
    this.publicKey = publicKey;
  }

  static {
    createPrivateKey = (seed, publicKey) => new PrivateKey(seed, publicKey);
    seedOf = (key) => {
      if (typeof key !== "object" || key === null || !(#seed in key)) {
        throw new IdentityError("BAD_KEY", "not a PrivateKey made by this copy of the package");
      }
      if (key.#seed === undefined) throw new IdentityError("BAD_KEY", "the private key was wiped");
      return key.#seed;
    };
  }

  /** The address that nodes opened with this key have. */
  get address(): Address {
    return this.publicKey.address;
  }

  /**
   * The serialized form (INET256 section 1), in a fresh buffer that the caller wipes: 81 bytes for
   * Ed25519.
   *
   * @throws IdentityError BAD_KEY once the key is wiped.
   */
  serialize(): Uint8Array {
    const { algorithm, raw } = this.publicKey;
    return encodeTagged(algorithm + PRIVATE_SUFFIX, seedOf(this), raw);
  }

  /** Overwrites the secret with zeros and forgets it. Again is no error. */
  wipe(): void {
    if (this.#seed !== undefined) wipe(this.#seed);
    this.#seed = undefined;
  }

  toString(): string {
    return SECRET_TEXT;
  }

  toJSON(): string {
    return SECRET_TEXT;
  }

  [inspect](): string {
    return SECRET_TEXT;
  }
}
