// SPDX-License-Identifier: Apache-2.0

// Prefixes of addresses: what findAddress is asked for (INET256 section 2). A prefix may be longer
// than its number of bits, the rest is ignored; it may not be shorter.

import { describe, isBytes } from "./bytes.js";
import { ADDRESS_BITS } from "./constants.js";
import { IdentityError } from "./errors.js";

/**
 * Refuses a prefix and a number of bits that do not go together.
 *
 * @throws IdentityError BAD_PREFIX unless nbits is a whole number, 0 to 256, and the prefix has at
 * least that many bits.
 */
export function checkPrefix(prefix: Uint8Array, nbits: number): void {
  if (!Number.isInteger(nbits) || nbits < 0 || nbits > ADDRESS_BITS) {
    const got = typeof nbits === "number" ? `${nbits}` : describe(nbits);
    throw new IdentityError("BAD_PREFIX", `nbits is a whole number from 0 to 256, got ${got}`);
  }
  if (!isBytes(prefix)) {
    throw new IdentityError("BAD_PREFIX", `a prefix is a Uint8Array, got ${describe(prefix)}`);
  }
  const needed = Math.ceil(nbits / 8);
  if (prefix.length < needed) {
    throw new IdentityError(
      "BAD_PREFIX",
      `a prefix of ${nbits} bits needs at least ${needed} bytes, got ${prefix.length}`,
    );
  }
}

/**
 * Whether the first nbits bits of both are the same. False, never an error, when either of them
 * has fewer bits: use {@link checkPrefix} first on what comes from a caller.
 */
export function matchesPrefix(bytes: Uint8Array, prefix: Uint8Array, nbits: number): boolean {
  const available = 8 * Math.min(bytes.length, prefix.length);
  if (!Number.isInteger(nbits) || nbits < 0 || nbits > available) return false;
  const whole = nbits >> 3;
  for (let i = 0; i < whole; i++) if (bytes[i] !== prefix[i]) return false;
  const difference = (bytes[whole] ?? 0) ^ (prefix[whole] ?? 0);
  return difference >> (8 - (nbits & 7)) === 0;
}
