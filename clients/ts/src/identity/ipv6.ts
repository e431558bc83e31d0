// SPDX-License-Identifier: Apache-2.0

// The mapping between addresses and IPv6 addresses in 0200::/7 (INET256 section 5).
//
//     bit 0         7                  14                               128
//         | 0000001 | z, 7 bits        | 114 bits of the address that   |
//         |         | (leading zeros)  | follow its first one bit       |
//
// So an IPv6 address fixes the first z + 1 + 114 bits of an INET256 address.

import type { Address } from "./address.js";
import { describe, isBytes } from "./bytes.js";
import { IPV6_BYTES } from "./constants.js";
import { IdentityError } from "./errors.js";

const ZEROS_AT = 7;
const SUFFIX_AT = 14;
const SUFFIX_BITS = 114;
const MAX_ZEROS = 127;

/**
 * The 16 bytes of the IPv6 address that stands for this address.
 *
 * @throws IdentityError BAD_IPV6 if the address begins with 128 or more zero bits: it has none.
 */
export function ipv6OfAddress(address: Address): Uint8Array {
  const zeros = leadingZeroBits(address.bytes);
  if (zeros > MAX_ZEROS) {
    throw new IdentityError(
      "BAD_IPV6",
      `only addresses with fewer than 128 leading zero bits have an IPv6 address, got ${zeros}`,
    );
  }
  const ip = new Uint8Array(IPV6_BYTES);
  setBit(ip, ZEROS_AT - 1);
  for (let i = 0; i < 7; i++) if ((zeros >> (6 - i)) & 1) setBit(ip, ZEROS_AT + i);
  copyBits(address.bytes, zeros + 1, ip, SUFFIX_AT);
  return ip;
}

/**
 * What an IPv6 address says about the INET256 address it stands for: its first nbits bits (115 to
 * 242), as findAddress takes them. Bits of the prefix beyond nbits are zero.
 *
 * @throws IdentityError BAD_IPV6 unless these are 16 bytes of an address in 0200::/7.
 */
export function prefixOfIpv6(ip: Uint8Array): { prefix: Uint8Array; nbits: number } {
  if (!isBytes(ip) || ip.length !== IPV6_BYTES) {
    throw new IdentityError("BAD_IPV6", `an IPv6 address has 16 bytes, got ${describe(ip)}`);
  }
  const [first = 0, second = 0] = ip;
  if ((first & 0xfe) !== 0x02) {
    throw new IdentityError("BAD_IPV6", "only IPv6 addresses in 200::/7 stand for an address");
  }
  const zeros = ((first & 1) << 6) | (second >> 2);
  const nbits = zeros + 1 + SUFFIX_BITS;
  const prefix = new Uint8Array(Math.ceil(nbits / 8));
  setBit(prefix, zeros);
  copyBits(ip, SUFFIX_AT, prefix, zeros + 1);
  return { prefix, nbits };
}

function leadingZeroBits(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte) => byte !== 0);
  if (at < 0) return 8 * bytes.length;
  return 8 * at + Math.clz32(bytes[at] ?? 0) - 24;
}

/** Copies SUFFIX_BITS bits into a zeroed destination. */
function copyBits(from: Uint8Array, fromBit: number, to: Uint8Array, toBit: number): void {
  for (let i = 0; i < SUFFIX_BITS; i++) {
    const bit = fromBit + i;
    if (((from[bit >> 3] ?? 0) << (bit & 7)) & 0x80) setBit(to, toBit + i);
  }
}

function setBit(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
}
