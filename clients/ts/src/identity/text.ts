// SPDX-License-Identifier: Apache-2.0

// The text form of an address (INET256 section 1): 43 characters of 6 bits, most significant bits
// first, over an alphabet in ASCII order, so that texts sort as the addresses do. The last
// character carries 4 bits and 2 zero bits; decoding insists on the zeros, so an address has
// exactly one text.

import { describe, isBytes } from "./bytes.js";
import { ADDRESS_BYTES, ADDRESS_TEXT_LENGTH } from "./constants.js";
import { IdentityError } from "./errors.js";

const ALPHABET = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/** The value of each ASCII character, or 255. */
const VALUES = new Uint8Array(128).fill(255);
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value;

/**
 * The text form of the 32 bytes of an address: 43 characters.
 *
 * @throws IdentityError BAD_ADDRESS unless there are exactly 32 bytes.
 */
export function encodeText(bytes: Uint8Array): string {
  if (!isBytes(bytes) || bytes.length !== ADDRESS_BYTES) {
    throw new IdentityError("BAD_ADDRESS", `an address has 32 bytes, got ${describe(bytes)}`);
  }
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0x3fff;
    for (bits += 8; bits >= 6; bits -= 6) text += ALPHABET[(held >> (bits - 6)) & 63];
  }
  return text + ALPHABET[(held << (6 - bits)) & 63];
}

/**
 * The 32 bytes that a text form stands for. Exactly the 43 characters: no space or line end
 * around them, no padding, no other alphabet.
 *
 * @throws IdentityError BAD_ADDRESS; the message says which rule was broken: the length, the
 * character and its place, or the trailing bits.
 */
export function decodeText(text: string): Uint8Array {
  if (typeof text !== "string" || !hasAddressLength(text)) {
    throw new IdentityError("BAD_ADDRESS", `an address has 43 characters, got ${describe(text)}`);
  }
  const bytes = new Uint8Array(ADDRESS_BYTES);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < ADDRESS_TEXT_LENGTH; i++) {
    held = ((held << 6) | valueAt(text, i)) & 0x3fff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
    }
  }
  if ((held & 3) !== 0) {
    throw new IdentityError(
      "BAD_ADDRESS",
      "the last character of an address ends in two zero bits",
    );
  }
  return bytes;
}

function valueAt(text: string, i: number): number {
  const value = VALUES[text.charCodeAt(i)] ?? 255;
  if (value === 255) {
    throw new IdentityError(
      "BAD_ADDRESS",
      `character ${i + 1} of the address is not one of - 0-9 A-Z _ a-z`,
    );
  }
  return value;
}

/** Counts characters, not UTF-16 units, so that an emoji is reported as a wrong character. */
function hasAddressLength(text: string): boolean {
  if (text.length <= ADDRESS_TEXT_LENGTH) return text.length === ADDRESS_TEXT_LENGTH;
  return text.length <= 2 * ADDRESS_TEXT_LENGTH && [...text].length === ADDRESS_TEXT_LENGTH;
}
