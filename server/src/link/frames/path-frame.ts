// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * PATH_CHALLENGE and PATH_RESPONSE: whether an address answers, and how soon (rule L2). Body of
 * both: 8 B, random in the challenge, repeated in the response, which goes to the address that
 * the challenge came from, alone in its datagram or not.
 */
import { CHALLENGE_BYTES } from "../constants.js";
import type { PATH_CHALLENGE, PATH_RESPONSE } from "./frame-types.js";

/** Bytes of either frame. */
export const PATH_FRAME_BYTES = 2 + CHALLENGE_BYTES;

/** Writes one with the 8 bytes at `at` in `data`; gives the place after it. */
export function writePath(
  out: Uint8Array,
  to: number,
  type: typeof PATH_CHALLENGE | typeof PATH_RESPONSE,
  data: Uint8Array,
  at: number,
): number {
  out[to] = type;
  out[to + 1] = CHALLENGE_BYTES;
  for (let i = 0; i < CHALLENGE_BYTES; i++) out[to + 2 + i] = data[at + i] ?? 0;
  return to + PATH_FRAME_BYTES;
}
