// SPDX-License-Identifier: GPL-3.0-or-later

// The payload of messages 2 and 3 (C3):
//
//     u32 sender index ‖ u32 caps ‖ u64 not_after (unix s, 0 = none) ‖ u16 + public key
//     ‖ u16 + signature ‖ u16 + extra statics ‖ u16 + params
//
// extra statics: (u16 algorithm, u16 length, key) one after the other, what the certificate signs
// beside the Noise static key. params: (u8 type, u16 length, bytes) one after the other; unknown
// ones are ignored, as are unknown caps.

import { readU16, readU32, writeU16, writeU32 } from "../../core/index.js";

/** What the payload says; the bytes are views of it. */
export interface HandshakePayload {
  readonly sender: number;
  /** 8 bytes, as they are signed. */
  readonly notAfter: Uint8Array;
  /** Serialized. */
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
  readonly extraStatics: Uint8Array;
  /** How many extra statics there are. */
  readonly extras: number;
}

const FIXED_BYTES = 16;
const NOTHING = new Uint8Array(0);

/** The payload with caps 0 and no params: 24 bytes and what it carries (129 with Ed25519). */
export function encodePayload(payload: Omit<HandshakePayload, "extras">): Uint8Array {
  const fields = [payload.publicKey, payload.signature, payload.extraStatics, NOTHING];
  const bytes = fields.reduce((sum, field) => sum + 2 + field.length, FIXED_BYTES);
  const out = new Uint8Array(bytes);
  writeU32(out, 0, payload.sender);
  out.set(payload.notAfter, 8);
  let at = FIXED_BYTES;
  for (const field of fields) {
    writeU16(out, at, field.length);
    out.set(field, at + 2);
    at += 2 + field.length;
  }
  return out;
}

/** Reads a payload; undefined if a length does not fit or bytes are left. */
export function decodePayload(bytes: Uint8Array): HandshakePayload | undefined {
  if (bytes.length < FIXED_BYTES) return undefined;
  const fields: Uint8Array[] = [];
  let at = FIXED_BYTES;
  for (let i = 0; i < 4; i++) {
    if (at + 2 > bytes.length) return undefined;
    const end = at + 2 + readU16(bytes, at);
    if (end > bytes.length) return undefined;
    fields.push(bytes.subarray(at + 2, end));
    at = end;
  }
  const [publicKey, signature, extraStatics, params] = fields;
  if (at !== bytes.length || !publicKey || !signature || !extraStatics || !params) return undefined;
  const extras = countFields(extraStatics, 2);
  if (extras === undefined || extras > 254 || countFields(params, 1) === undefined) {
    return undefined;
  }
  const sender = readU32(bytes, 0);
  return { sender, notAfter: bytes.subarray(8, 16), publicKey, signature, extraStatics, extras };
}

/** How many (kind, u16 length, bytes) there are; undefined if they do not fill the bytes. */
function countFields(bytes: Uint8Array, kindBytes: number): number | undefined {
  let count = 0;
  let at = 0;
  while (at < bytes.length) {
    if (at + kindBytes + 2 > bytes.length) return undefined;
    at += kindBytes + 2 + readU16(bytes, at + kindBytes);
    count += 1;
  }
  return at === bytes.length ? count : undefined;
}
