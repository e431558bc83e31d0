// SPDX-License-Identifier: Apache-2.0

// Ed25519 as INET256 section 1 defines it, where libraries differ: verification is cofactorless,
// and keys and signatures of small order or in a non-canonical encoding are refused. The checks
// here need no arithmetic on points; every adapter makes them before it asks its library, so that
// no two implementations disagree about a signature.

import { isBytes } from "./bytes.js";
import { ED25519_PUBLIC_KEY_BYTES, ED25519_SIGNATURE_BYTES } from "./constants.js";

/** The Ed25519 primitive, an argument of everything here that signs or verifies. */
export interface Ed25519 {
  /** The 32-byte public key of a 32-byte seed. */
  publicKeyOf(seed: Uint8Array): Uint8Array;
  /**
   * The 64-byte signature of a message (RFC 8032, no context, no prehash). publicKey must be the
   * seed's own: with any other, a signature can give the seed away.
   */
  sign(seed: Uint8Array, publicKey: Uint8Array, message: Uint8Array): Uint8Array;
  /**
   * Whether a signature is valid by the rule of INET256 section 1, all of it: lengths, S < L,
   * canonical A and R of no small order, and encode(S·B − (k mod L)·A) equal to R. Never throws
   * for what came from elsewhere.
   */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** The field's prime. */
const P = (1n << 255n) - 19n;

/** The order of the base point. */
const L = (1n << 252n) + 27742317777372353535851937790883648493n;

/** The y coordinate of two of the four points of order 8; the other two have its negative. */
const ORDER_8_Y = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

const P_BYTES = littleEndian(P);
const L_BYTES = littleEndian(L);

/**
 * The y coordinates of the eight points of small order: 1 (order 1), −1 (order 2), 0 (order 4, two
 * points), and those of order 8. Compared without the top bit, the sign of x, so that the two
 * encodings of y = ±1 that set it, and stand for no point, are refused as well.
 */
const SMALL_ORDER_Y: readonly Uint8Array[] = [1n, P - 1n, 0n, ORDER_8_Y, P - ORDER_8_Y].map(
  littleEndian,
);

/**
 * Whether these are 32 bytes in canonical encoding (y < p) that stand for no point of small order.
 * Whether there is a point with this y at all is not asked: without one, no signature verifies.
 */
export function isAcceptableEd25519PublicKey(bytes: Uint8Array): boolean {
  return isBytes(bytes) && bytes.length === ED25519_PUBLIC_KEY_BYTES && isAcceptablePoint(bytes);
}

/** Whether these are 64 bytes R ‖ S with S < L and R as acceptable as a public key has to be. */
export function isAcceptableEd25519Signature(signature: Uint8Array): boolean {
  return (
    isBytes(signature) &&
    signature.length === ED25519_SIGNATURE_BYTES &&
    isLess(signature, 32, L_BYTES, 0xff) &&
    isAcceptablePoint(signature)
  );
}

/** Looks at the first 32 bytes. */
function isAcceptablePoint(bytes: Uint8Array): boolean {
  return isLess(bytes, 0, P_BYTES, 0x7f) && !SMALL_ORDER_Y.some((y) => hasY(bytes, y));
}

/** Whether 32 little-endian bytes, the last one masked, are a number less than the bound. */
function isLess(bytes: Uint8Array, at: number, bound: Uint8Array, lastMask: number): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = ((bytes[at + i] ?? 0) & (i === 31 ? lastMask : 0xff)) - (bound[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function hasY(bytes: Uint8Array, y: Uint8Array): boolean {
  for (let i = 0; i < 31; i++) if (bytes[i] !== y[i]) return false;
  return ((bytes[31] ?? 0) & 0x7f) === y[31];
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}
