// SPDX-License-Identifier: GPL-3.0-or-later

import { readU32, writeU32 } from "../../core/index.js";
/**
 * FRAGMENT: a part of a packet that does not fit into one datagram. Body: u32 packet id, varint
 * offset, varint total length of the packet (1 to 69,632), the bytes (1 at least). The id is new
 * for every packet until it wraps around; fragments of one packet do not overlap.
 */
import { MAX_PACKET_BYTES } from "../constants.js";
import { copyBytes } from "../copy-bytes.js";
import { type FrameReader, readVarint, varintBytes, writeVarint } from "../varint.js";
import { FRAGMENT } from "./frame-types.js";

/** What a fragment says; the bytes stay where they were received. */
export interface FragmentFields {
  id: number;
  offset: number;
  total: number;
  /** Where its bytes stand, and how many. */
  at: number;
  length: number;
}

/** Fields to decode into, again and again. */
export function createFragmentFields(): FragmentFields {
  return { id: 0, offset: 0, total: 0, at: 0, length: 0 };
}

/** Decodes the body that the reader stands at and that ends at its end; false when invalid. */
export function readFragment(reader: FrameReader, into: FragmentFields): boolean {
  if (reader.end - reader.at < 4) return false;
  into.id = readU32(reader.buffer, reader.at);
  reader.at += 4;
  into.offset = readVarint(reader);
  into.total = readVarint(reader);
  into.at = reader.at;
  into.length = reader.end - reader.at;
  return (
    into.offset >= 0 &&
    into.length > 0 &&
    into.total <= MAX_PACKET_BYTES &&
    into.offset + into.length <= into.total
  );
}

/** How many bytes of a packet fit into a frame of at most `room` bytes; 0 when it is too small. */
export function fragmentBytes(room: number, offset: number, total: number): number {
  const fixed = 4 + varintBytes(offset) + varintBytes(total);
  const body = room - 1 - varintBytes(Math.max(0, room));
  return Math.max(0, Math.min(body - fixed, total - offset));
}

/** Writes the frame at `to` in `out`; gives the place after it. */
export function writeFragment(
  out: Uint8Array,
  to: number,
  fields: Readonly<FragmentFields>,
  buffer: Uint8Array,
): number {
  const { id, offset, total, at, length } = fields;
  out[to] = FRAGMENT;
  let place = writeVarint(out, to + 1, 4 + varintBytes(offset) + varintBytes(total) + length);
  writeU32(out, place, id);
  place = writeVarint(out, place + 4, offset);
  place = writeVarint(out, place, total);
  copyBytes(buffer, at, length, out, place);
  return place + length;
}
