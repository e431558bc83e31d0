// SPDX-License-Identifier: Apache-2.0

// An address names a node: the hash of its public key (INET256 section 1). An immutable value:
// whoever holds one may keep it and hand it on without copying.

import { shake256 } from "@noble/hashes/sha3.js";
import { compareBytes, describe, equalBytes, isBytes } from "./bytes.js";
import { ADDRESS_BYTES, ADDRESS_TEXT_LENGTH } from "./constants.js";
import { IdentityError } from "./errors.js";
import { inspect } from "./inspect.js";
import { matchesPrefix } from "./prefix.js";
import { decodeText, encodeText } from "./text.js";

/** A 256-bit address. Compare with {@link equals}; as the key of a Map, use its text. */
export class Address {
  /** Bytes in an address. */
  static readonly BYTES = ADDRESS_BYTES;
  /** Characters in the text form of an address. */
  static readonly TEXT_LENGTH = ADDRESS_TEXT_LENGTH;
  /** All ones: the conventional name for "everyone". Never a node. */
  static readonly EVERYONE: Address = new Address(new Uint8Array(ADDRESS_BYTES).fill(0xff));
  /** All zeros: the conventional name for "no one". Never a node. */
  static readonly NO_ONE: Address = new Address(new Uint8Array(ADDRESS_BYTES));

  /** The 32 bytes, not to be modified. */
  readonly bytes: Uint8Array;
  #text: string | undefined;

  private constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /**
   * The address with these 32 bytes, which are copied.
   *
   * @throws IdentityError BAD_ADDRESS unless there are exactly 32.
   */
  static fromBytes(bytes: Uint8Array): Address {
    if (!isBytes(bytes) || bytes.length !== ADDRESS_BYTES) {
      throw new IdentityError("BAD_ADDRESS", `an address has 32 bytes, got ${describe(bytes)}`);
    }
    return new Address(new Uint8Array(bytes));
  }

  /**
   * The address with this text form: exactly 43 characters, no space around them.
   *
   * @throws IdentityError BAD_ADDRESS, saying which rule of the text form was broken.
   */
  static parse(text: string): Address {
    return new Address(decodeText(text));
  }

  /**
   * The address of a public key: the first 32 bytes of SHAKE256 of its serialized form. The key's
   * algorithm need not be known, and nothing about it is checked; see PublicKey for one that is.
   *
   * @throws IdentityError BAD_KEY if it is not given as bytes.
   */
  static ofPublicKey(serialized: Uint8Array): Address {
    if (!isBytes(serialized)) {
      throw new IdentityError("BAD_KEY", `a serialized key is bytes, got ${describe(serialized)}`);
    }
    return new Address(shake256(serialized, { dkLen: ADDRESS_BYTES }));
  }

  /** Whether both are the same address. */
  equals(other: Address): boolean {
    return this === other || equalBytes(this.bytes, other.bytes);
  }

  /** Negative, zero or positive: the order of the bytes, which is also that of the texts. */
  compare(other: Address): number {
    return compareBytes(this.bytes, other.bytes);
  }

  /** Whether the first nbits bits are those of the prefix; false if it has fewer bits. */
  hasPrefix(prefix: Uint8Array, nbits: number): boolean {
    return matchesPrefix(this.bytes, prefix, nbits);
  }

  /** The text form: 43 characters, made when first asked for. */
  toString(): string {
    this.#text ??= encodeText(this.bytes);
    return this.#text;
  }

  /** The text form. */
  toJSON(): string {
    return this.toString();
  }

  [inspect](): string {
    return `Address(${this.toString()})`;
  }
}
