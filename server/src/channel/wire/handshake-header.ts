// SPDX-License-Identifier: GPL-3.0-or-later

// The header of messages 1 to 3, 12 bytes:
//
//     u8 type ‖ u8 suite ‖ u8 fragment (index << 4 | count) ‖ u8 flags
//     ‖ u32 sender index ‖ u32 receiver index (0 in message 1)

import { readU32, writeU32 } from "../../core/index.js";
import {
  FLAG_LARGE_MESSAGE_3,
  HANDSHAKE_HEADER_BYTES,
  MOST_FRAGMENTS,
  SUITE,
  TYPE,
  WHOLE,
} from "../constants.js";

/** What the header says. */
export interface HandshakeHeader {
  readonly fragment: number;
  readonly fragments: number;
  readonly flags: number;
  readonly sender: number;
  readonly receiver: number;
}

/** Writes the header at the start of `out`. */
export function writeHandshakeHeader(out: Uint8Array, type: number, header: HandshakeHeader): void {
  out[0] = type;
  out[1] = SUITE;
  out[2] = (header.fragment << 4) | header.fragments;
  out[3] = header.flags;
  writeU32(out, 4, header.sender);
  writeU32(out, 8, header.receiver);
}

/** Reads it; undefined unless every byte is as the protocol has it (unknown flags, suite, index 0). */
export function readHandshakeHeader(datagram: Uint8Array): HandshakeHeader | undefined {
  if (datagram.length < HANDSHAKE_HEADER_BYTES || datagram[1] !== SUITE) return undefined;
  const [type, , frag = 0, flags = 0] = datagram;
  const fragment = frag >> 4;
  const fragments = frag & 0x0f;
  const sender = readU32(datagram, 4);
  const receiver = readU32(datagram, 8);
  if (fragment >= fragments || fragments > MOST_FRAGMENTS || sender === 0) return undefined;
  if (type === TYPE.message1) {
    if (frag !== WHOLE || receiver !== 0 || (flags & ~FLAG_LARGE_MESSAGE_3) !== 0) return undefined;
  } else if (flags !== 0) return undefined;
  return { fragment, fragments, flags, sender, receiver };
}
