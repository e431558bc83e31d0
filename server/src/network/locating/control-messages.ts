// SPDX-License-Identifier: GPL-3.0-or-later

// The control messages of onehop, one of each per message of the link:
//
//     QUERY      u8 1 ‖ u32 query ‖ u16 bits (0 to 256) ‖ prefix, the bits' bytes, zeros after them
//     ANSWER     u8 2 ‖ u32 query (0: unasked) ‖ location with consent
//     NO         u8 3 ‖ u32 query
//     HELD       u8 4 ‖ location, maybe without consent: "yours is older than this one" (R3)
//     DETACH     u8 5 ‖ attach record of kind detach
//     WITHDRAWN  u8 6 ‖ u32 query (0: unasked) ‖ address 32: "my consent for it has ended"
//
// An unknown type is ignored.

import { readU16, readU32, writeU16, writeU32 } from "../../core/index.js";
import { ADDRESS_BITS, ADDRESS_BYTES } from "../constants.js";

/** A control message; every array is a view of what it was decoded from. */
export type ControlMessage =
  | {
      readonly type: "query";
      readonly query: number;
      readonly prefix: Uint8Array;
      readonly nbits: number;
    }
  | { readonly type: "answer"; readonly query: number; readonly location: Uint8Array }
  | { readonly type: "no"; readonly query: number }
  | { readonly type: "held"; readonly location: Uint8Array }
  | { readonly type: "detach"; readonly record: Uint8Array }
  | { readonly type: "withdrawn"; readonly query: number; readonly address: Uint8Array };

const QUERY = 1;
const ANSWER = 2;
const NO = 3;
const HELD = 4;
const DETACH = 5;
const WITHDRAWN = 6;
const PREFIX_AT = 7;
const ANSWER_AT = 5;

/** The bytes of a control message. */
export function encodeControl(message: ControlMessage): Uint8Array {
  switch (message.type) {
    case "query":
      return encodeQuery(message.query, message.prefix, message.nbits);
    case "answer":
      return numbered(ANSWER, message.query, message.location);
    case "no":
      return numbered(NO, message.query, new Uint8Array(0));
    case "held":
      return plain(HELD, message.location);
    case "detach":
      return plain(DETACH, message.record);
    case "withdrawn":
      return numbered(WITHDRAWN, message.query, message.address);
  }
}

/** Takes a control message apart; undefined if it is none, or of an unknown type. */
export function decodeControl(bytes: Uint8Array): ControlMessage | undefined {
  const rest = bytes.subarray(1);
  switch (bytes[0]) {
    case QUERY:
      return decodeQuery(bytes);
    case ANSWER:
      if (bytes.length <= ANSWER_AT) return undefined;
      return { type: "answer", query: readU32(bytes, 1), location: bytes.subarray(ANSWER_AT) };
    case NO:
      return bytes.length === ANSWER_AT ? { type: "no", query: readU32(bytes, 1) } : undefined;
    case HELD:
      return { type: "held", location: rest };
    case DETACH:
      return { type: "detach", record: rest };
    case WITHDRAWN:
      if (bytes.length !== ANSWER_AT + ADDRESS_BYTES) return undefined;
      return { type: "withdrawn", query: readU32(bytes, 1), address: bytes.subarray(ANSWER_AT) };
    default:
      return undefined;
  }
}

function plain(type: number, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(1 + body.length);
  out[0] = type;
  out.set(body, 1);
  return out;
}

function numbered(type: number, query: number, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(ANSWER_AT + body.length);
  out[0] = type;
  writeU32(out, 1, query);
  out.set(body, ANSWER_AT);
  return out;
}

function encodeQuery(query: number, prefix: Uint8Array, nbits: number): Uint8Array {
  const bytes = Math.ceil(nbits / 8);
  const out = numbered(QUERY, query, new Uint8Array(2 + bytes));
  writeU16(out, ANSWER_AT, nbits);
  out.set(prefix.subarray(0, bytes), PREFIX_AT);
  if (nbits % 8 !== 0) {
    const last = PREFIX_AT + bytes - 1;
    out[last] = (out[last] ?? 0) & (0xff00 >> (nbits % 8));
  }
  return out;
}

function decodeQuery(bytes: Uint8Array): ControlMessage | undefined {
  if (bytes.length < PREFIX_AT) return undefined;
  const nbits = readU16(bytes, ANSWER_AT);
  const prefix = bytes.subarray(PREFIX_AT);
  if (nbits > ADDRESS_BITS || prefix.length !== Math.ceil(nbits / 8)) return undefined;
  const unused = nbits % 8 === 0 ? 0 : 0xff >> (nbits % 8);
  if (((prefix.at(-1) ?? 0) & unused) !== 0) return undefined;
  return { type: "query", query: readU32(bytes, 1), prefix, nbits };
}
