// SPDX-License-Identifier: Apache-2.0

// Ed25519 on @noble/curves: runs everywhere, some thirty times slower than a native library.

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { equalBytes } from "./bytes.js";
import {
  type Ed25519,
  isAcceptableEd25519PublicKey,
  isAcceptableEd25519Signature,
} from "./ed25519.js";

const { Point } = ed25519;
type Point = typeof Point.BASE;

/** Ed25519 in JavaScript, for any platform. */
export const portableEd25519: Ed25519 = {
  publicKeyOf: (seed) => ed25519.getPublicKey(seed),
  sign: (seed, _publicKey, message) => ed25519.sign(message, seed),
  verify,
};

/**
 * The library's own verify multiplies by the cofactor and so accepts signatures with a torsion
 * component, in either mode; this is the equation of INET256 section 1 instead, on its points.
 */
function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isAcceptableEd25519PublicKey(publicKey)) return false;
  if (!isAcceptableEd25519Signature(signature)) return false;
  const keyPoint = decodePoint(publicKey);
  if (keyPoint === undefined) return false;
  const encodedR = signature.subarray(0, 32);
  const s = readScalar(signature.subarray(32));
  const k = readScalar(sha512.create().update(encodedR).update(publicKey).update(message).digest());
  const point = Point.BASE.multiplyUnsafe(s).subtract(keyPoint.multiplyUnsafe(k));
  return equalBytes(point.toBytes(), encodedR);
}

/** The point, or undefined when no point of the curve has this encoding. */
function decodePoint(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(bytes);
  } catch {
    return undefined;
  }
}

/** A little-endian number of any length, modulo L. */
function readScalar(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of new Uint8Array(bytes).reverse()) value = (value << 8n) | BigInt(byte);
  return Point.Fn.create(value);
}
