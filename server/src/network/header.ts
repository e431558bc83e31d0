// SPDX-License-Identifier: GPL-3.0-or-later

// The routing header, the first bytes of each packet between neighbours:
//
//     u8 version (1) ‖ u8 hop limit (1 at least) ‖ u8 flags ‖ u8 0 ‖ u16 header length
//     ‖ destination 32 ‖ source 32 ‖ router 32, with flag 2 ‖ location of the source, with flag 1
//
// The header length counts all of it, 70 to HEADROOM_BYTES. Flag 1: it is an introduction (M1).
// Flag 2: the destination's router is not the next hop. Nothing in a header is authentic.

import { readU16, writeU16 } from "../core/index.js";
import { ADDRESS_BYTES } from "./constants.js";
import { HEADROOM_BYTES } from "./network.js";

/** Where the destination stands. */
export const DESTINATION_AT = 6;
/** Where the source stands. */
export const SOURCE_AT = DESTINATION_AT + ADDRESS_BYTES;
/** Bytes of a header without a location: where the location begins. */
export const HEADER_BYTES = SOURCE_AT + ADDRESS_BYTES;

const NOTHING = new Uint8Array(0);
const VERSION = 1;
const INTRODUCED = 1;
const ROUTED = 2;
const HOP_LIMIT_AT = 1;
const FLAGS_AT = 2;
const RESERVED_AT = 3;
const LENGTH_AT = 4;

/**
 * Writes a header that ends where the payload begins, at `payloadAt`; where the header begins. With
 * a router's address (32 bytes, or none) it is one to be carried on, with a location that is not
 * empty an introduction; the caller has checked that there is room.
 */
export function writeHeader(
  buffer: Uint8Array,
  payloadAt: number,
  hopLimit: number,
  destination: Uint8Array,
  source: Uint8Array,
  location: Uint8Array,
  router: Uint8Array = NOTHING,
): number {
  const length = HEADER_BYTES + router.length + location.length;
  const at = payloadAt - length;
  buffer[at] = VERSION;
  buffer[at + HOP_LIMIT_AT] = hopLimit;
  const introduced = location.length > 0 ? INTRODUCED : 0;
  buffer[at + FLAGS_AT] = introduced | (router.length > 0 ? ROUTED : 0);
  buffer[at + RESERVED_AT] = 0;
  writeU16(buffer, at + LENGTH_AT, length);
  buffer.set(destination, at + DESTINATION_AT);
  buffer.set(source, at + SOURCE_AT);
  buffer.set(router, at + HEADER_BYTES);
  buffer.set(location, at + HEADER_BYTES + router.length);
  return at;
}

/** The length of the header of the packet at `at`, of `length` bytes in all; 0 if it is not valid. */
export function headerLength(buffer: Uint8Array, at: number, length: number): number {
  if (length < HEADER_BYTES) return 0;
  const bytes = readU16(buffer, at + LENGTH_AT);
  const flags = buffer[at + FLAGS_AT];
  if (buffer[at] !== VERSION || buffer[at + RESERVED_AT] !== 0) return 0;
  if (buffer[at + HOP_LIMIT_AT] === 0 || bytes > length || bytes > HEADROOM_BYTES) return 0;
  if (flags === undefined || flags > (INTRODUCED | ROUTED)) return 0;
  const plain = HEADER_BYTES + ((flags & ROUTED) === 0 ? 0 : ADDRESS_BYTES);
  return ((flags & INTRODUCED) === 0 ? bytes === plain : bytes > plain) ? bytes : 0;
}

/** Where the router's address stands in the valid header at `at`; 0 if there is none. */
export function routerAt(buffer: Uint8Array, at: number): number {
  return ((buffer[at + FLAGS_AT] ?? 0) & ROUTED) === 0 ? 0 : at + HEADER_BYTES;
}

/** Where the location begins in the valid header at `at`: at its end if there is none. */
export function locationAt(buffer: Uint8Array, at: number): number {
  return at + HEADER_BYTES + (routerAt(buffer, at) === 0 ? 0 : ADDRESS_BYTES);
}

/** How many hops a packet with a valid header may still go. */
export function hopLimit(buffer: Uint8Array, at: number): number {
  return buffer[at + HOP_LIMIT_AT] ?? 0;
}

/**
 * Takes one hop of a packet with a valid header, of which it may have had `most`; false when none
 * would be left.
 */
export function takeHop(buffer: Uint8Array, at: number, most = 255): boolean {
  const left = Math.min(most, hopLimit(buffer, at)) - 1;
  if (left < 1) return false;
  buffer[at + HOP_LIMIT_AT] = left;
  return true;
}
