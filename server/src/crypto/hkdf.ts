// SPDX-License-Identifier: GPL-3.0-or-later

// Noise's HKDF (Noise section 4.3), on an adapter's HMAC:
//
//     temp_key = HMAC(chaining_key, input_key_material)
//     output1  = HMAC(temp_key, 0x01)
//     output2  = HMAC(temp_key, output1 ‖ 0x02)
//     output3  = HMAC(temp_key, output2 ‖ 0x03)

import { SHA256_BYTES } from "./constants.js";
import type { HkdfOutputs } from "./crypto.js";
import type { Primitives } from "./primitives.js";

const ONE = Uint8Array.of(1);
const TWO = Uint8Array.of(2);
const THREE = Uint8Array.of(3);

/** Fills the outputs. Both inputs are read before the first output is written. */
export function hkdf(
  { hmacSha256, wipe }: Pick<Primitives, "hmacSha256" | "wipe">,
  chainingKey: Uint8Array,
  input: Uint8Array,
  [first, second, third]: HkdfOutputs,
): void {
  const tempKey = new Uint8Array(new ArrayBuffer(SHA256_BYTES));
  hmacSha256(chainingKey, tempKey, [input]);
  hmacSha256(tempKey, first, [ONE]);
  hmacSha256(tempKey, second, [first, TWO]);
  if (third !== undefined) hmacSha256(tempKey, third, [second, THREE]);
  wipe(tempKey);
}
