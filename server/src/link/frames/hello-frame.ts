// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * HELLO: the first frame that each side sends in a new session, in each of its datagrams until one
 * is acknowledged. Body: u8 version (1), network tag 32, u32 link number (random, drawn when the
 * sender made its link: another one means that it has forgotten what was before), varint receive
 * window in bytes (what the sender's machine holds before it loses datagrams); what follows is
 * ignored, for later versions.
 */
import { readU32, writeU32 } from "../../core/index.js";
import { NETWORK_TAG_BYTES } from "../constants.js";
import { copyBytes } from "../copy-bytes.js";
import { type FrameReader, readVarint, varintBytes, writeVarint } from "../varint.js";
import { HELLO } from "./frame-types.js";

const FIXED_BYTES = 1 + NETWORK_TAG_BYTES + 4;

/** What a HELLO says; the tag stays where it was received. */
export interface HelloFields {
  version: number;
  /** Where the tag stands. */
  tagAt: number;
  linkNumber: number;
  windowBytes: number;
}

/** Fields to decode into, again and again. */
export function createHelloFields(): HelloFields {
  return { version: 0, tagAt: 0, linkNumber: 0, windowBytes: 0 };
}

/** Decodes the body that the reader stands at; false when invalid. */
export function readHello(reader: FrameReader, into: HelloFields): boolean {
  if (reader.end - reader.at < FIXED_BYTES) return false;
  into.version = reader.buffer[reader.at] ?? 0;
  into.tagAt = reader.at + 1;
  into.linkNumber = readU32(reader.buffer, into.tagAt + NETWORK_TAG_BYTES);
  reader.at += FIXED_BYTES;
  into.windowBytes = readVarint(reader);
  return into.windowBytes >= 0;
}

/** Bytes of the frame. */
export function helloFrameBytes(windowBytes: number): number {
  return 2 + FIXED_BYTES + varintBytes(windowBytes);
}

/** Writes the frame at `to` in `out`; gives the place after it. */
export function writeHello(
  out: Uint8Array,
  to: number,
  version: number,
  tag: Uint8Array,
  linkNumber: number,
  windowBytes: number,
): number {
  out[to] = HELLO;
  const place = writeVarint(out, to + 1, FIXED_BYTES + varintBytes(windowBytes));
  out[place] = version;
  copyBytes(tag, 0, NETWORK_TAG_BYTES, out, place + 1);
  writeU32(out, place + 1 + NETWORK_TAG_BYTES, linkNumber);
  return writeVarint(out, place + FIXED_BYTES, windowBytes);
}
