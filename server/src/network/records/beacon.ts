// SPDX-License-Identifier: GPL-3.0-or-later

// The beacon (R2): a router says, under its own key, that it is there. It names no node.
//
//     u8 1 ‖ network tag 32 ‖ u16+public key ‖ u64 seq ‖ u32 lifetime in seconds (1 to 60)
//     ‖ u16+signature
//
// Signed under `inet256/mesh256/beacon/1`. Of two beacons of one router the one with the higher
// seq counts (R3).

import { readU16, readU32, readU64, writeU16, writeU32, writeU64 } from "../../core/index.js";
import { MOST_BEACON_SECONDS, MOST_SEQ } from "../constants.js";
import {
  hasRecordStart,
  joinSignature,
  RECORD_START_BYTES,
  type SignedRecord,
  splitSignature,
  writeRecordStart,
} from "./signed.js";

/** What a beacon says. */
export interface BeaconFields {
  /** The router's, serialized. */
  readonly publicKey: Uint8Array;
  readonly seq: number;
  readonly lifetimeSeconds: number;
}

/** A beacon; every array is a view of its bytes. */
export interface BeaconRecord extends BeaconFields, SignedRecord {}

const KEY_AT = RECORD_START_BYTES + 2;
/** Bytes after the public key: seq, lifetime. */
const REST_BYTES = 8 + 4;

/** The record, signed by `sign`. */
export function encodeBeacon(
  tag: Uint8Array,
  { publicKey, seq, lifetimeSeconds }: BeaconFields,
  sign: (body: Uint8Array) => Uint8Array,
): Uint8Array {
  const restAt = KEY_AT + publicKey.length;
  const body = new Uint8Array(restAt + REST_BYTES);
  writeRecordStart(body, tag);
  writeU16(body, RECORD_START_BYTES, publicKey.length);
  body.set(publicKey, KEY_AT);
  writeU64(body, restAt, seq);
  writeU32(body, restAt + 8, lifetimeSeconds);
  return joinSignature(body, sign(body));
}

/** Takes a record apart; undefined if it is none of this network. The signature is not looked at. */
export function decodeBeacon(tag: Uint8Array, bytes: Uint8Array): BeaconRecord | undefined {
  if (bytes.length < KEY_AT || !hasRecordStart(bytes, tag)) return undefined;
  const restAt = KEY_AT + readU16(bytes, RECORD_START_BYTES);
  const signed = splitSignature(bytes, restAt + REST_BYTES);
  if (signed === undefined) return undefined;
  const seq = readU64(bytes, restAt);
  const lifetimeSeconds = readU32(bytes, restAt + 8);
  if (seq > MOST_SEQ || lifetimeSeconds < 1 || lifetimeSeconds > MOST_BEACON_SECONDS) {
    return undefined;
  }
  return { ...signed, publicKey: bytes.subarray(KEY_AT, restAt), seq, lifetimeSeconds };
}
