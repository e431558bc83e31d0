// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * PACKET: one whole packet. Body: the packet, 0 to 69,632 B.
 */
import { copyBytes } from "../copy-bytes.js";
import { varintBytes, writeVarint } from "../varint.js";
import { PACKET } from "./frame-types.js";

/** Bytes of the frame around a packet of `length` bytes. */
export function packetFrameBytes(length: number): number {
  return 1 + varintBytes(length) + length;
}

/** Writes the frame at `to` in `out`; gives the place after it. */
export function writePacket(
  out: Uint8Array,
  to: number,
  buffer: Uint8Array,
  at: number,
  length: number,
): number {
  const body = writePacketHeader(out, to, length);
  copyBytes(buffer, at, length, out, body);
  return body + length;
}

/** Writes all of the frame but the packet itself; gives the place where that belongs. */
export function writePacketHeader(out: Uint8Array, to: number, length: number): number {
  out[to] = PACKET;
  return writeVarint(out, to + 1, length);
}
