// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * CLOSE: the sender ends the link; nothing of it will be answered any more. Body: u8 reason; what
 * follows is ignored.
 */
import { CLOSE } from "./frame-types.js";

/** Why a side ends a link, as it is said to the other. */
export type CloseReason =
  /** The end is not wanted as a neighbour (rule S14). */
  | "refused"
  /** HELLO named another network. */
  | "other-network"
  /** The daemon stops, or its operator took the peer out. */
  | "shutting-down"
  /** Anything else. */
  | "unknown";

const NUMBERS: readonly CloseReason[] = ["unknown", "refused", "other-network", "shutting-down"];

/** Bytes of the frame. */
export const CLOSE_FRAME_BYTES = 3;

/** The reason of this number; a number that is not known is "unknown". */
export function closeReason(number: number): CloseReason {
  return NUMBERS[number] ?? "unknown";
}

/** Writes the frame at `to` in `out`; gives the place after it. */
export function writeClose(out: Uint8Array, to: number, reason: CloseReason): number {
  out[to] = CLOSE;
  out[to + 1] = 1;
  out[to + 2] = Math.max(0, NUMBERS.indexOf(reason));
  return to + CLOSE_FRAME_BYTES;
}

/** A whole plaintext that says that its receiver is not wanted (rule S14). */
export function encodeRefusal(): Uint8Array {
  const plaintext = new Uint8Array(CLOSE_FRAME_BYTES);
  writeClose(plaintext, 0, "refused");
  return plaintext;
}
