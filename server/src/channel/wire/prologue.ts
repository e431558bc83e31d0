// SPDX-License-Identifier: GPL-3.0-or-later

// The prologue (C4), 88 bytes: what both sides must mean alike for a handshake to work at all.
//
//     "mesh256-channel1" ‖ u8 layer ‖ u8 suite ‖ u8 flags ‖ u8 0 ‖ u32 initiator index
//     ‖ responder address 32 ‖ initiator address 32 (link: zeros)

import { writeU32 } from "../../core/index.js";
import { PROLOGUE_BYTES, SUITE } from "../constants.js";

const NAME = new TextEncoder().encode("mesh256-channel1");

/** What it binds. */
export interface PrologueFields {
  readonly layer: number;
  /** The flags of message 1. */
  readonly flags: number;
  readonly initiatorIndex: number;
  readonly responder: Uint8Array;
  /** Absent in the link layer. */
  readonly initiator: Uint8Array | undefined;
}

/** The prologue of a handshake. */
export function encodePrologue(fields: PrologueFields): Uint8Array {
  const out = new Uint8Array(PROLOGUE_BYTES);
  out.set(NAME, 0);
  out[16] = fields.layer;
  out[17] = SUITE;
  out[18] = fields.flags;
  writeU32(out, 20, fields.initiatorIndex);
  out.set(fields.responder, 24);
  if (fields.initiator !== undefined) out.set(fields.initiator, 56);
  return out;
}
