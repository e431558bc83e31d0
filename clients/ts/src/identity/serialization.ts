// SPDX-License-Identifier: Apache-2.0

// Serialized keys (INET256 section 1):
//
//     u16 little-endian length of the tag ‖ tag (ASCII) ‖ raw key bytes
//
// A public key's tag is the name of its algorithm, a private key's has ".private" after it.

import { allocateSecret } from "./bytes.js";
import { MAX_TAG_BYTES, PRIVATE_SUFFIX } from "./constants.js";

/** A serialized key taken apart. The raw bytes are a view of what was parsed. */
export interface TaggedKey {
  readonly tag: string;
  readonly raw: Uint8Array;
}

/** Serializes, into a buffer fit for a secret. */
export function encodeTagged(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 2 + tag.length);
  const bytes = allocateSecret(size);
  bytes[0] = tag.length & 0xff;
  bytes[1] = tag.length >> 8;
  for (let i = 0; i < tag.length; i++) bytes[2 + i] = tag.charCodeAt(i);
  let at = 2 + tag.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Takes a serialized key apart; undefined when its tag is cut short, is not printable ASCII, or is
 * longer than any.
 */
export function decodeTagged(bytes: Uint8Array): TaggedKey | undefined {
  const [low = 0, high = 0] = bytes;
  const tagLength = low + 256 * high;
  const end = 2 + tagLength;
  if (bytes.length < end || tagLength > MAX_TAG_BYTES) return undefined;
  const tag = bytes.subarray(2, end);
  if (!tag.every((byte) => byte >= 0x20 && byte < 0x7f)) return undefined;
  return { tag: String.fromCharCode(...tag), raw: bytes.subarray(end) };
}

/** Whether the tag is a private key's: an algorithm's name with the suffix. */
export function isPrivateTag(tag: string): boolean {
  return tag.length > PRIVATE_SUFFIX.length && tag.endsWith(PRIVATE_SUFFIX);
}
