// SPDX-License-Identifier: GPL-3.0-or-later

// The routing header, the first bytes of each packet between neighbours:
//
//     u8 version (1) ‖ u8 hop limit (1 at least) ‖ u8 flags ‖ u8 0 ‖ u16 header length
//     ‖ destination 32 ‖ source 32 ‖ location of the source
//
// The header length counts all of it, 70 to HEADROOM_BYTES. Flag 1: a location follows the
// addresses (an introduction, M1); without it nothing does. Nothing in a header is authentic.

import { readU16, writeU16 } from "../core/index.js";
import { ADDRESS_BYTES } from "./constants.js";
import { HEADROOM_BYTES } from "./network.js";

/** Where the destination stands. */
export const DESTINATION_AT = 6;
/** Where the source stands. */
export const SOURCE_AT = DESTINATION_AT + ADDRESS_BYTES;
/** Bytes of a header without a location: where the location begins. */
export const HEADER_BYTES = SOURCE_AT + ADDRESS_BYTES;

const VERSION = 1;
const INTRODUCED = 1;
const HOP_LIMIT_AT = 1;
const FLAGS_AT = 2;
const RESERVED_AT = 3;
const LENGTH_AT = 4;

/**
 * Writes a header that ends where the payload begins, at `payloadAt`; where the header begins. A
 * location that is not empty makes it an introduction; the caller has checked that there is room.
 */
export function writeHeader(
  buffer: Uint8Array,
  payloadAt: number,
  hopLimit: number,
  destination: Uint8Array,
  source: Uint8Array,
  location: Uint8Array,
): number {
  const length = HEADER_BYTES + location.length;
  const at = payloadAt - length;
  buffer[at] = VERSION;
  buffer[at + HOP_LIMIT_AT] = hopLimit;
  buffer[at + FLAGS_AT] = location.length > 0 ? INTRODUCED : 0;
  buffer[at + RESERVED_AT] = 0;
  writeU16(buffer, at + LENGTH_AT, length);
  buffer.set(destination, at + DESTINATION_AT);
  buffer.set(source, at + SOURCE_AT);
  buffer.set(location, at + HEADER_BYTES);
  return at;
}

/** The length of the header of the packet at `at`, of `length` bytes in all; 0 if it is not valid. */
export function headerLength(buffer: Uint8Array, at: number, length: number): number {
  if (length < HEADER_BYTES) return 0;
  const bytes = readU16(buffer, at + LENGTH_AT);
  const flags = buffer[at + FLAGS_AT];
  if (buffer[at] !== VERSION || buffer[at + RESERVED_AT] !== 0) return 0;
  if (buffer[at + HOP_LIMIT_AT] === 0 || bytes > length || bytes > HEADROOM_BYTES) return 0;
  if (flags === 0) return bytes === HEADER_BYTES ? bytes : 0;
  return flags === INTRODUCED && bytes > HEADER_BYTES ? bytes : 0;
}

/** How many hops a packet with a valid header may still go. */
export function hopLimit(buffer: Uint8Array, at: number): number {
  return buffer[at + HOP_LIMIT_AT] ?? 0;
}

/** Takes one hop of a packet with a valid header; false when none would be left. */
export function takeHop(buffer: Uint8Array, at: number): boolean {
  const left = hopLimit(buffer, at) - 1;
  if (left < 1) return false;
  buffer[at + HOP_LIMIT_AT] = left;
  return true;
}
