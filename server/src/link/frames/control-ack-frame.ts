// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * CONTROL_ACK: what has arrived of the control messages. Body: u32 numbering, as in the pieces
 * (control-frame.ts), varint sequence number of the piece that is expected next: every one below
 * it has arrived.
 */
import { readU32, writeU32 } from "../../core/index.js";
import { type FrameReader, readVarint, varintBytes, writeVarint } from "../varint.js";
import { CONTROL_ACK } from "./frame-types.js";

/** Bytes of the longest. */
export const CONTROL_ACK_MAX_BYTES = 14;

/** What an acknowledgement of control messages says. */
export interface ControlAckFields {
  numbering: number;
  next: number;
}

/** Fields to decode into, again and again. */
export function createControlAckFields(): ControlAckFields {
  return { numbering: 0, next: 0 };
}

/** Decodes the body that the reader stands at and that ends at its end; false when invalid. */
export function readControlAck(reader: FrameReader, into: ControlAckFields): boolean {
  if (reader.end - reader.at < 4) return false;
  into.numbering = readU32(reader.buffer, reader.at);
  reader.at += 4;
  into.next = readVarint(reader);
  return into.next >= 0 && reader.at === reader.end;
}

/** Writes the frame at `to` in `out`; gives the place after it. */
export function writeControlAck(
  out: Uint8Array,
  to: number,
  numbering: number,
  next: number,
): number {
  out[to] = CONTROL_ACK;
  const place = writeVarint(out, to + 1, 4 + varintBytes(next));
  writeU32(out, place, numbering);
  return writeVarint(out, place + 4, next);
}
