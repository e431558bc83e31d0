// SPDX-License-Identifier: GPL-3.0-or-later

// The attach record (R1): a node says, under its own key, which router it is attached to, or that
// it has left it.
//
//     u8 1 ‖ network tag 32 ‖ u8 kind (1 attach, 0 detach) ‖ u16+public key ‖ router address 32
//     ‖ u64 seq ‖ u32 lifetime in seconds (1 to 86,400) ‖ u16+signature
//
// Signed under `inet256/mesh256/attach/1`. Of two records of one node the one with the higher seq
// counts (R3).

import { readU16, readU32, readU64, writeU16, writeU32, writeU64 } from "../../core/index.js";
import { ADDRESS_BYTES, MOST_ATTACH_SECONDS, MOST_SEQ } from "../constants.js";
import {
  hasRecordStart,
  joinSignature,
  RECORD_START_BYTES,
  type SignedRecord,
  splitSignature,
  writeRecordStart,
} from "./signed.js";

/** What an attach record says. */
export interface AttachFields {
  readonly kind: "attach" | "detach";
  /** The node's, serialized. */
  readonly publicKey: Uint8Array;
  /** 32 bytes. */
  readonly router: Uint8Array;
  readonly seq: number;
  readonly lifetimeSeconds: number;
}

/** An attach record; every array is a view of its bytes. */
export interface AttachRecord extends AttachFields, SignedRecord {}

const KEY_AT = RECORD_START_BYTES + 3;
/** Bytes after the public key: router, seq, lifetime. */
const REST_BYTES = ADDRESS_BYTES + 8 + 4;

/** The record, signed by `sign`. */
export function encodeAttach(
  tag: Uint8Array,
  fields: AttachFields,
  sign: (body: Uint8Array) => Uint8Array,
): Uint8Array {
  const { publicKey } = fields;
  const restAt = KEY_AT + publicKey.length;
  const body = new Uint8Array(restAt + REST_BYTES);
  writeRecordStart(body, tag);
  body[RECORD_START_BYTES] = fields.kind === "attach" ? 1 : 0;
  writeU16(body, RECORD_START_BYTES + 1, publicKey.length);
  body.set(publicKey, KEY_AT);
  body.set(fields.router, restAt);
  writeU64(body, restAt + ADDRESS_BYTES, fields.seq);
  writeU32(body, restAt + ADDRESS_BYTES + 8, fields.lifetimeSeconds);
  return joinSignature(body, sign(body));
}

/** Takes a record apart; undefined if it is none of this network. The signature is not looked at. */
export function decodeAttach(tag: Uint8Array, bytes: Uint8Array): AttachRecord | undefined {
  if (bytes.length < KEY_AT || !hasRecordStart(bytes, tag)) return undefined;
  const kind = bytes[RECORD_START_BYTES] ?? 0;
  const restAt = KEY_AT + readU16(bytes, RECORD_START_BYTES + 1);
  const signed = splitSignature(bytes, restAt + REST_BYTES);
  if (kind > 1 || signed === undefined) return undefined;
  const seq = readU64(bytes, restAt + ADDRESS_BYTES);
  const lifetimeSeconds = readU32(bytes, restAt + ADDRESS_BYTES + 8);
  if (seq > MOST_SEQ || lifetimeSeconds < 1 || lifetimeSeconds > MOST_ATTACH_SECONDS) {
    return undefined;
  }
  return {
    ...signed,
    kind: kind === 1 ? "attach" : "detach",
    publicKey: bytes.subarray(KEY_AT, restAt),
    router: bytes.subarray(restAt, restAt + ADDRESS_BYTES),
    seq,
    lifetimeSeconds,
  };
}
