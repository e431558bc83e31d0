// SPDX-License-Identifier: GPL-3.0-or-later

// The control messages of beaconnet, one of each per message of the link:
//
//     ROUTES  u8 1 ‖ entries: u8 form (1 whole, 0 short) ‖ u32 cost ‖ u8 hops ‖ u8 seconds left
//             ‖ whole: u16+beacon; short: router address 32 ‖ u64 seq
//     WANT    u8 2 ‖ u8 hops left ‖ router address 32 ‖ u64 seq: "a beacon of this number, please"
//     QUERY   u8 3 ‖ u32 number ‖ u8 hops left ‖ u64 flood ‖ asker's router 32
//             ‖ u16 bits (0 to 256) ‖ prefix, the bits' bytes, zeros after them
//     REPLY   u8 4 ‖ u32 number ‖ u8 last (0 or 1) ‖ location, or nothing: "nobody here"
//     CARRY   u8 5 ‖ u8 hops left ‖ to router 32 ‖ from router 32 ‖ a message between those two
//
// A cost is in microseconds, 2^32 - 1 for a way that is lost (always short). A number is its
// sender's own, a flood its asker's. An unknown type is ignored.

import { readU16, readU32, readU64, writeU16, writeU32, writeU64 } from "../../core/index.js";
import { ADDRESS_BITS, ADDRESS_BYTES } from "../constants.js";

/** What a neighbour says of its way to a router. */
export interface RouteEntry {
  readonly cost: number;
  readonly hops: number;
  readonly secondsLeft: number;
  /** The beacon, or which one of those that were sent before. */
  readonly beacon: Uint8Array | { readonly router: Uint8Array; readonly seq: number };
}

/** A control message; every array is a view of what it was decoded from. */
export type Message =
  | { readonly type: "routes"; readonly entries: readonly RouteEntry[] }
  | {
      readonly type: "want";
      readonly hopsLeft: number;
      readonly router: Uint8Array;
      readonly seq: number;
    }
  | Query
  | {
      readonly type: "reply";
      readonly number: number;
      readonly last: boolean;
      readonly location: Uint8Array;
    }
  | Carry;

/** A question that goes to everybody. */
export interface Query {
  readonly type: "query";
  readonly number: number;
  readonly hopsLeft: number;
  /** 8 bytes. */
  readonly flood: Uint8Array;
  readonly asker: Uint8Array;
  readonly prefix: Uint8Array;
  readonly nbits: number;
}

/** A message for one router. */
export interface Carry {
  readonly type: "carry";
  readonly hopsLeft: number;
  readonly to: Uint8Array;
  readonly from: Uint8Array;
  readonly message: Uint8Array;
}

const ROUTES = 1;
const WANT = 2;
const QUERY = 3;
const REPLY = 4;
const CARRY = 5;
const FLOOD_BYTES = 8;
const ENTRY_BYTES = 7;
const WHOLE = 1;
const SHORT = 0;
const SHORT_BYTES = ADDRESS_BYTES + 8;
const WANT_BYTES = 2 + ADDRESS_BYTES + 8;
const BITS_AT = 6 + FLOOD_BYTES + ADDRESS_BYTES;
const PREFIX_AT = BITS_AT + 2;
const CARRIED_AT = 2 + 2 * ADDRESS_BYTES;

/** Bytes that an entry takes in a message of routes. */
export function entryBytes({ beacon }: RouteEntry): number {
  return ENTRY_BYTES + (beacon instanceof Uint8Array ? 2 + beacon.length : SHORT_BYTES);
}

/** The bytes of a control message. */
export function encodeMessage(message: Message): Uint8Array {
  switch (message.type) {
    case "routes":
      return encodeRoutes(message.entries);
    case "want": {
      const out = new Uint8Array(WANT_BYTES);
      out.set([WANT, message.hopsLeft]);
      out.set(message.router, 2);
      writeU64(out, 2 + ADDRESS_BYTES, message.seq);
      return out;
    }
    case "query":
      return encodeQuery(message);
    case "reply": {
      const out = new Uint8Array(6 + message.location.length);
      out[0] = REPLY;
      writeU32(out, 1, message.number);
      out[5] = message.last ? 1 : 0;
      out.set(message.location, 6);
      return out;
    }
    case "carry": {
      const out = new Uint8Array(CARRIED_AT + message.message.length);
      out.set([CARRY, message.hopsLeft]);
      out.set(message.to, 2);
      out.set(message.from, 2 + ADDRESS_BYTES);
      out.set(message.message, CARRIED_AT);
      return out;
    }
  }
}

/** Takes a control message apart; undefined if it is none, or of an unknown type. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  switch (bytes[0]) {
    case ROUTES:
      return decodeRoutes(bytes);
    case WANT:
      if (bytes.length !== WANT_BYTES) return undefined;
      return {
        type: "want",
        hopsLeft: bytes[1] ?? 0,
        router: bytes.subarray(2, 2 + ADDRESS_BYTES),
        seq: readU64(bytes, 2 + ADDRESS_BYTES),
      };
    case QUERY:
      return decodeQuery(bytes);
    case REPLY:
      if (bytes.length < 6 || (bytes[5] ?? 2) > 1) return undefined;
      return {
        type: "reply",
        number: readU32(bytes, 1),
        last: bytes[5] === 1,
        location: bytes.subarray(6),
      };
    case CARRY:
      if (bytes.length <= CARRIED_AT) return undefined;
      return {
        type: "carry",
        hopsLeft: bytes[1] ?? 0,
        to: bytes.subarray(2, 2 + ADDRESS_BYTES),
        from: bytes.subarray(2 + ADDRESS_BYTES, CARRIED_AT),
        message: bytes.subarray(CARRIED_AT),
      };
    default:
      return undefined;
  }
}

function encodeRoutes(entries: readonly RouteEntry[]): Uint8Array {
  const out = new Uint8Array(entries.reduce((sum, entry) => sum + entryBytes(entry), 1));
  out[0] = ROUTES;
  let at = 1;
  for (const entry of entries) {
    const { beacon } = entry;
    const isWhole = beacon instanceof Uint8Array;
    out[at] = isWhole ? WHOLE : SHORT;
    writeU32(out, at + 1, entry.cost);
    out[at + 5] = entry.hops;
    out[at + 6] = entry.secondsLeft;
    const body = at + ENTRY_BYTES;
    if (isWhole) {
      writeU16(out, body, beacon.length);
      out.set(beacon, body + 2);
    } else {
      out.set(beacon.router, body);
      writeU64(out, body + ADDRESS_BYTES, beacon.seq);
    }
    at += entryBytes(entry);
  }
  return out;
}

function decodeRoutes(bytes: Uint8Array): Message | undefined {
  const entries: RouteEntry[] = [];
  for (let at = 1; at < bytes.length; ) {
    const body = at + ENTRY_BYTES;
    if (body + 2 > bytes.length || (bytes[at] ?? 2) > WHOLE) return undefined;
    const isWhole = bytes[at] === WHOLE;
    const start = isWhole ? body + 2 : body;
    const end = isWhole ? start + readU16(bytes, body) : body + SHORT_BYTES;
    if (end > bytes.length) return undefined;
    const seq = isWhole ? 0 : readU64(bytes, body + ADDRESS_BYTES);
    const router = bytes.subarray(body, body + ADDRESS_BYTES);
    entries.push({
      cost: readU32(bytes, at + 1),
      hops: bytes[at + 5] ?? 0,
      secondsLeft: bytes[at + 6] ?? 0,
      beacon: isWhole ? bytes.subarray(start, end) : { router, seq },
    });
    at = end;
  }
  return { type: "routes", entries };
}

function encodeQuery({ number, hopsLeft, flood, asker, prefix, nbits }: Query): Uint8Array {
  const bytes = Math.ceil(nbits / 8);
  const out = new Uint8Array(PREFIX_AT + bytes);
  out[0] = QUERY;
  writeU32(out, 1, number);
  out[5] = hopsLeft;
  out.set(flood, 6);
  out.set(asker, 6 + FLOOD_BYTES);
  writeU16(out, BITS_AT, nbits);
  out.set(prefix.subarray(0, bytes), PREFIX_AT);
  const last = PREFIX_AT + bytes - 1;
  if (nbits % 8 !== 0) out[last] = (out[last] ?? 0) & (0xff00 >> (nbits % 8));
  return out;
}

function decodeQuery(bytes: Uint8Array): Query | undefined {
  if (bytes.length < PREFIX_AT) return undefined;
  const nbits = readU16(bytes, BITS_AT);
  const prefix = bytes.subarray(PREFIX_AT);
  if (nbits > ADDRESS_BITS || prefix.length !== Math.ceil(nbits / 8)) return undefined;
  const unused = nbits % 8 === 0 ? 0 : 0xff >> (nbits % 8);
  if (((prefix.at(-1) ?? 0) & unused) !== 0) return undefined;
  return {
    type: "query",
    number: readU32(bytes, 1),
    hopsLeft: bytes[5] ?? 0,
    flood: bytes.subarray(6, 6 + FLOOD_BYTES),
    asker: bytes.subarray(6 + FLOOD_BYTES, BITS_AT),
    prefix,
    nbits,
  };
}
