// SPDX-License-Identifier: GPL-3.0-or-later

// The consent (R2): a router says, under its own key, that the node of an attach record is
// attached to it now.
//
//     u8 1 ‖ network tag 32 ‖ SHA-256 of the attach record's body 32 ‖ u64 seq
//     ‖ u32 lifetime in seconds (1 to 120) ‖ u16+signature
//
// Signed under `inet256/mesh256/consent/1`. The body is what the node signed: the record without
// its signature. Of two consents to one record the one with the higher seq counts.

import { readU32, readU64, writeU32, writeU64 } from "../../core/index.js";
import { MOST_CONSENT_SECONDS, MOST_SEQ } from "../constants.js";
import {
  hasRecordStart,
  joinSignature,
  RECORD_START_BYTES,
  type SignedRecord,
  splitSignature,
  writeRecordStart,
} from "./signed.js";

/** What a consent says. */
export interface ConsentFields {
  /** SHA-256 of the attach record's body: 32 bytes. */
  readonly attachHash: Uint8Array;
  readonly seq: number;
  readonly lifetimeSeconds: number;
}

/** A consent; every array is a view of its bytes. */
export interface ConsentRecord extends ConsentFields, SignedRecord {}

const HASH_BYTES = 32;
const SEQ_AT = RECORD_START_BYTES + HASH_BYTES;
const BODY_BYTES = SEQ_AT + 8 + 4;

/** The record, signed by `sign`. */
export function encodeConsent(
  tag: Uint8Array,
  fields: ConsentFields,
  sign: (body: Uint8Array) => Uint8Array,
): Uint8Array {
  const body = new Uint8Array(BODY_BYTES);
  writeRecordStart(body, tag);
  body.set(fields.attachHash, RECORD_START_BYTES);
  writeU64(body, SEQ_AT, fields.seq);
  writeU32(body, SEQ_AT + 8, fields.lifetimeSeconds);
  return joinSignature(body, sign(body));
}

/** Takes a record apart; undefined if it is none of this network. The signature is not looked at. */
export function decodeConsent(tag: Uint8Array, bytes: Uint8Array): ConsentRecord | undefined {
  if (!hasRecordStart(bytes, tag)) return undefined;
  const signed = splitSignature(bytes, BODY_BYTES);
  if (signed === undefined) return undefined;
  const seq = readU64(bytes, SEQ_AT);
  const lifetimeSeconds = readU32(bytes, SEQ_AT + 8);
  if (seq > MOST_SEQ || lifetimeSeconds < 1 || lifetimeSeconds > MOST_CONSENT_SECONDS) {
    return undefined;
  }
  const attachHash = bytes.subarray(RECORD_START_BYTES, SEQ_AT);
  return { ...signed, attachHash, seq, lifetimeSeconds };
}
