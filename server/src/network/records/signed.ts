// SPDX-License-Identifier: GPL-3.0-or-later

// What every record of the network has in common: it begins with `u8 1 ‖ network tag 32`, and what
// was signed is followed by `u16+signature`. A record of another network is no record.

import { readU16, writeU16 } from "../../core/index.js";
import { TAG_BYTES } from "../constants.js";

/** Bytes before the fields of a record. */
export const RECORD_START_BYTES = 1 + TAG_BYTES;

const VERSION = 1;

/** A record and what it is made of, as views. */
export interface SignedRecord {
  /** All of it, signature included. */
  readonly bytes: Uint8Array;
  /** What is signed. */
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

/** Writes what every record begins with. */
export function writeRecordStart(out: Uint8Array, tag: Uint8Array): void {
  out[0] = VERSION;
  out.set(tag, 1);
}

/** Whether a record begins as one of the network with this tag. */
export function hasRecordStart(bytes: Uint8Array, tag: Uint8Array): boolean {
  if (bytes.length < RECORD_START_BYTES || bytes[0] !== VERSION) return false;
  for (let i = 0; i < TAG_BYTES; i++) if (bytes[1 + i] !== tag[i]) return false;
  return true;
}

/** The record: what was signed, and its signature. */
export function joinSignature(body: Uint8Array, signature: Uint8Array): Uint8Array {
  const out = new Uint8Array(body.length + 2 + signature.length);
  out.set(body);
  writeU16(out, body.length, signature.length);
  out.set(signature, body.length + 2);
  return out;
}

/** Takes a record apart whose body has so many bytes; undefined unless the signature is the rest. */
export function splitSignature(bytes: Uint8Array, bodyBytes: number): SignedRecord | undefined {
  const signatureAt = bodyBytes + 2;
  if (bytes.length <= signatureAt) return undefined;
  if (readU16(bytes, bodyBytes) !== bytes.length - signatureAt) return undefined;
  return { bytes, body: bytes.subarray(0, bodyBytes), signature: bytes.subarray(signatureAt) };
}

/** Whether both are the same bytes. Not for secrets. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
