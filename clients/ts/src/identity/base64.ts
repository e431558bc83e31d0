// SPDX-License-Identifier: Apache-2.0

// Standard base64 (RFC 4648 section 4) from bytes to bytes, for key files: key material never
// becomes a string, which could not be wiped. For the text form of addresses see text.ts.

import { allocateSecret } from "./bytes.js";

const ALPHABET = ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const PAD = 0x3d;

const VALUES = new Uint8Array(256).fill(255);
for (const [value, character] of ALPHABET.entries()) VALUES[character] = value;

/** The bytes of an ASCII text. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Base64 with padding, as ASCII bytes, in a buffer fit for a secret. */
export function encodeBase64(bytes: Uint8Array): Uint8Array {
  const out = allocateSecret(4 * Math.ceil(bytes.length / 3));
  for (let i = 0, o = 0; i < bytes.length; i += 3, o += 4) {
    const left = bytes.length - i;
    const bits = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out[o] = ALPHABET[bits >> 18] ?? PAD;
    out[o + 1] = ALPHABET[(bits >> 12) & 63] ?? PAD;
    out[o + 2] = left > 1 ? (ALPHABET[(bits >> 6) & 63] ?? PAD) : PAD;
    out[o + 3] = left > 2 ? (ALPHABET[bits & 63] ?? PAD) : PAD;
  }
  return out;
}

/**
 * Decodes base64 with padding; spaces, tabs and line ends are skipped wherever they are. Into a
 * buffer fit for a secret, or undefined if anything is wrong, non-zero trailing bits included.
 */
export function decodeBase64(text: Uint8Array): Uint8Array | undefined {
  const characters = allocateSecret(text.length);
  let count = 0;
  for (const byte of text) if (!isBlank(byte)) characters[count++] = byte;
  const bytes = decodeUnspaced(characters.subarray(0, count));
  characters.fill(0);
  return bytes;
}

function decodeUnspaced(text: Uint8Array): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.at(-1) !== PAD ? 0 : text.at(-2) !== PAD ? 1 : 2;
  const digits = text.subarray(0, text.length - padding);
  const bytes = allocateSecret((3 * text.length) / 4 - padding);
  let bits = 0;
  let held = 0;
  let at = 0;
  let wrong = 0;
  for (const character of digits) {
    const value = VALUES[character] ?? 255;
    wrong |= value & 0x80;
    held = ((held << 6) | (value & 63)) & 0x3fff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
    }
  }
  wrong |= held & ((1 << bits) - 1);
  if (wrong === 0) return bytes;
  bytes.fill(0);
  return undefined;
}

/** Space, tab, line feed, carriage return. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
