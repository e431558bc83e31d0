// SPDX-License-Identifier: GPL-3.0-or-later

// A location: where a node is, as it is given to others. An attach record and its router's consent:
//
//     u16+attach record ‖ u16+consent ‖ u16+router's public key
//     ‖ u32 seconds left of the attach record ‖ u32 seconds left of the consent
//
// What is left is not signed; it is never more than the record's lifetime, and what a receiver
// makes of it only falls. Where only a sequence number is to be shown (R3), consent, key and the
// consent's time are empty.

import { readU16, readU32, writeU16, writeU32 } from "../../core/index.js";
import { type AttachRecord, decodeAttach } from "./attach.js";
import { type ConsentRecord, decodeConsent } from "./consent.js";

/** A location; every array is a view of what it was decoded from. */
export interface Location {
  readonly attach: AttachRecord;
  /** Undefined where nothing but the attach record is given. */
  readonly consent: ConsentRecord | undefined;
  /** The router's public key, serialized; empty without a consent. */
  readonly routerKey: Uint8Array;
  readonly attachSeconds: number;
  readonly consentSeconds: number;
}

/** Writes a location; consent and key may be empty. */
export function encodeLocation(
  attach: Uint8Array,
  consent: Uint8Array,
  routerKey: Uint8Array,
  attachSeconds: number,
  consentSeconds: number,
): Uint8Array {
  const out = new Uint8Array(attach.length + consent.length + routerKey.length + 14);
  let at = 0;
  for (const part of [attach, consent, routerKey]) {
    writeU16(out, at, part.length);
    out.set(part, at + 2);
    at += 2 + part.length;
  }
  writeU32(out, at, attachSeconds);
  writeU32(out, at + 4, consentSeconds);
  return out;
}

/** Takes a location apart; undefined if it is none of this network. No signature is looked at. */
export function decodeLocation(tag: Uint8Array, bytes: Uint8Array): Location | undefined {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; i < 3; i++) {
    if (at + 2 > bytes.length) return undefined;
    const end = at + 2 + readU16(bytes, at);
    if (end > bytes.length) return undefined;
    parts.push(bytes.subarray(at + 2, end));
    at = end;
  }
  const [first, second, routerKey] = parts;
  if (at + 8 !== bytes.length) return undefined;
  if (first === undefined || second === undefined || routerKey === undefined) return undefined;
  const attach = decodeAttach(tag, first);
  if (attach === undefined) return undefined;
  const attachSeconds = readU32(bytes, at);
  const consentSeconds = readU32(bytes, at + 4);
  if (attachSeconds > attach.lifetimeSeconds) return undefined;
  if (second.length === 0) {
    if (routerKey.length > 0 || consentSeconds > 0) return undefined;
    return { attach, consent: undefined, routerKey, attachSeconds, consentSeconds };
  }
  const consent = decodeConsent(tag, second);
  if (consent === undefined || consentSeconds > consent.lifetimeSeconds) return undefined;
  return { attach, consent, routerKey, attachSeconds, consentSeconds };
}
