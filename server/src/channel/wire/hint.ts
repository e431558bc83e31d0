// SPDX-License-Identifier: GPL-3.0-or-later

// The hint (S12), 16 bytes: "I have no session with this index".
//
//     u8 type ‖ u8 0 × 3 ‖ u32 unknown receiver index ‖ u64 counter seen

import { readU32, readU64, writeU32 } from "../../core/index.js";
import { HINT_BYTES, TYPE } from "../constants.js";

/** What a hint says. */
export interface Hint {
  /** The index that its sender does not know. */
  readonly index: number;
  /** The counter of the datagram that it saw; Infinity if that cannot be one. */
  readonly counter: number;
}

/** The hint about the data datagram at `at` in `buffer`. */
export function encodeHint(buffer: Uint8Array, at: number): Uint8Array {
  const out = new Uint8Array(HINT_BYTES);
  out[0] = TYPE.hint;
  writeU32(out, 4, readU32(buffer, at + 4));
  out.set(buffer.subarray(at + 8, at + 16), 8);
  return out;
}

/** Reads a hint; undefined if it cannot be one. */
export function decodeHint(datagram: Uint8Array): Hint | undefined {
  if (datagram.length !== HINT_BYTES) return undefined;
  if (datagram[1] !== 0 || datagram[2] !== 0 || datagram[3] !== 0) return undefined;
  return { index: readU32(datagram, 4), counter: readU64(datagram, 8) };
}
