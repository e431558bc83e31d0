// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * CONTROL: a piece of a control message. Body: u32 numbering, varint sequence number of the piece,
 * u8 flags (1: more pieces of the same message follow), the bytes (0 to 1,024). Pieces are numbered
 * from 0 in the order of sending for one incarnation of both ends, over all its sessions, and are
 * sent again in new datagrams until CONTROL_ACK covers them (rule L4). The numbering says which
 * incarnations it is between: from the link numbers in both HELLOs, the sender's times 0x9e3779b1
 * modulo 2^32, exclusive-or the receiver's. A piece of another numbering is ignored.
 */
import { readU32, writeU32 } from "../../core/index.js";
import { CONTROL_PIECE_BYTES } from "../constants.js";
import { copyBytes } from "../copy-bytes.js";
import { type FrameReader, readVarint, varintBytes, writeVarint } from "../varint.js";
import { CONTROL } from "./frame-types.js";

const MORE = 1;

/** The numbering of control messages between two links with these numbers. */
export function controlNumbering(sender: number, receiver: number): number {
  return (Math.imul(sender, 0x9e3779b1) ^ receiver) >>> 0;
}

/** What a piece says; the bytes stay where they were received. */
export interface ControlFields {
  numbering: number;
  sequence: number;
  more: boolean;
  /** Where its bytes stand, and how many. */
  at: number;
  length: number;
}

/** Fields to decode into, again and again. */
export function createControlFields(): ControlFields {
  return { numbering: 0, sequence: 0, more: false, at: 0, length: 0 };
}

/** Decodes the body that the reader stands at and that ends at its end; false when invalid. */
export function readControl(reader: FrameReader, into: ControlFields): boolean {
  if (reader.end - reader.at < 4) return false;
  into.numbering = readU32(reader.buffer, reader.at);
  reader.at += 4;
  into.sequence = readVarint(reader);
  if (into.sequence < 0 || reader.at >= reader.end) return false;
  const flags = reader.buffer[reader.at++] ?? 0;
  into.more = flags === MORE;
  into.at = reader.at;
  into.length = reader.end - reader.at;
  return flags <= MORE && into.length <= CONTROL_PIECE_BYTES;
}

/** Bytes of the frame around a piece of `length` bytes. */
export function controlFrameBytes(sequence: number, length: number): number {
  const body = 4 + varintBytes(sequence) + 1 + length;
  return 1 + varintBytes(body) + body;
}

/** Writes the frame at `to` in `out`; gives the place after it. */
export function writeControl(
  out: Uint8Array,
  to: number,
  numbering: number,
  sequence: number,
  more: boolean,
  piece: Uint8Array,
): number {
  out[to] = CONTROL;
  let place = writeVarint(out, to + 1, 4 + varintBytes(sequence) + 1 + piece.length);
  writeU32(out, place, numbering);
  place = writeVarint(out, place + 4, sequence);
  out[place++] = more ? MORE : 0;
  copyBytes(piece, 0, piece.length, out, place);
  return place + piece.length;
}
