// SPDX-License-Identifier: Apache-2.0

// A public key, checked when it is parsed: one that exists is one that may be used.

import { Address } from "./address.js";
import { describe, equalBytes, isBytes } from "./bytes.js";
import { ED25519, ED25519_PUBLIC_KEY_BYTES } from "./constants.js";
import { isAcceptableEd25519PublicKey } from "./ed25519.js";
import { IdentityError } from "./errors.js";
import { inspect } from "./inspect.js";
import { decodeTagged, encodeTagged, isPrivateTag } from "./serialization.js";

/** A public key: an immutable value. */
export class PublicKey {
  /** The algorithm's name: "ed25519". */
  readonly algorithm: string;
  /** The key bytes without their tag, not to be modified: 32 for Ed25519. */
  readonly raw: Uint8Array;
  #address: Address | undefined;

  private constructor(algorithm: string, raw: Uint8Array) {
    this.algorithm = algorithm;
    this.raw = raw;
  }

  /**
   * The key with this serialized form (INET256 section 1), whose bytes are copied. Strict: exact
   * length, known tag, and an Ed25519 key is in canonical encoding and not of small order.
   *
   * @throws IdentityError BAD_KEY or UNKNOWN_ALGORITHM.
   */
  static parse(serialized: Uint8Array): PublicKey {
    if (!isBytes(serialized)) {
      throw new IdentityError("BAD_KEY", `a serialized key is bytes, got ${describe(serialized)}`);
    }
    const tagged = decodeTagged(serialized);
    if (tagged === undefined) {
      throw new IdentityError("BAD_KEY", "not a serialized key: its tag is damaged or cut short");
    }
    if (isPrivateTag(tagged.tag)) {
      throw new IdentityError("BAD_KEY", "a private key was given where a public key is expected");
    }
    if (tagged.tag !== ED25519) {
      throw new IdentityError("UNKNOWN_ALGORITHM", `the only algorithm known here is ${ED25519}`);
    }
    return new PublicKey(ED25519, checkedEd25519Key(tagged.raw));
  }

  /** The serialized form (INET256 section 1), a fresh copy: 41 bytes for Ed25519. */
  serialize(): Uint8Array {
    return encodeTagged(this.algorithm, this.raw);
  }

  /** The address of this key, computed when first asked for. */
  get address(): Address {
    this.#address ??= Address.ofPublicKey(this.serialize());
    return this.#address;
  }

  /** Whether both are the same key of the same algorithm. */
  equals(other: PublicKey): boolean {
    return this.algorithm === other.algorithm && equalBytes(this.raw, other.raw);
  }

  /** The algorithm and the address: there is no text form of keys. */
  toString(): string {
    return `PublicKey(${this.algorithm} ${this.address})`;
  }

  /** The algorithm and the address. */
  toJSON(): { readonly algorithm: string; readonly address: string } {
    return { algorithm: this.algorithm, address: this.address.toString() };
  }

  [inspect](): string {
    return this.toString();
  }
}

/** The Ed25519 public key with these raw bytes, with the checks of PublicKey.parse. */
export function ed25519PublicKey(raw: Uint8Array): PublicKey {
  return PublicKey.parse(encodeTagged(ED25519, raw));
}

/** A copy of the raw bytes, once they have passed. */
function checkedEd25519Key(raw: Uint8Array): Uint8Array {
  if (raw.length !== ED25519_PUBLIC_KEY_BYTES) {
    throw new IdentityError("BAD_KEY", `an Ed25519 public key has 32 bytes, got ${raw.length}`);
  }
  if (!isAcceptableEd25519PublicKey(raw)) {
    throw new IdentityError(
      "BAD_KEY",
      "the Ed25519 public key is of small order or not in canonical encoding",
    );
  }
  return new Uint8Array(raw);
}
