// SPDX-License-Identifier: Apache-2.0

// PKCS#8 for Ed25519 (RFC 8410, RFC 5958), the part of ASN.1 DER it takes and no more:
//
//     SEQUENCE {
//       INTEGER version             0, or 1 when the public key is there too
//       SEQUENCE { OID }            1.3.101.112, Ed25519
//       OCTET STRING { OCTET STRING seed, 32 bytes }
//       [0] attributes              optional, ignored
//       [1] public key              optional, a BIT STRING
//     }

import { allocateSecret, equalBytes } from "./bytes.js";
import { ED25519, ED25519_PUBLIC_KEY_BYTES, ED25519_SEED_BYTES } from "./constants.js";
import { type DerElement, readElement, readElements } from "./der.js";
import { IdentityError } from "./errors.js";

const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const SEQUENCE = 0x30;
const ATTRIBUTES = 0xa0;
const PUBLIC_KEY = 0x81;

/** Everything of a version 0 Ed25519 key that precedes the seed. */
const HEAD = Uint8Array.of(
  ...[SEQUENCE, 0x2e, INTEGER, 0x01, 0x00],
  ...[SEQUENCE, 0x05, OBJECT_IDENTIFIER, 0x03, 0x2b, 0x65, 0x70],
  ...[OCTET_STRING, 0x22, OCTET_STRING, 0x20],
);
const ED25519_OID = HEAD.subarray(9, 12);

/** What a PKCS#8 file says, as views of it. */
export interface Pkcs8Key {
  readonly seed: Uint8Array;
  /** Its public key, where it holds one; whether it is the seed's is for the caller to check. */
  readonly publicKey: Uint8Array | undefined;
}

/**
 * The Ed25519 key in a PKCS#8 structure.
 *
 * @throws IdentityError UNKNOWN_ALGORITHM for a key of another algorithm, BAD_KEY for what is
 * damaged or cut short.
 */
export function decodePkcs8(der: Uint8Array): Pkcs8Key {
  const outer = readElement(der);
  if (outer?.tag !== SEQUENCE || outer.rest.length > 0) throw badPkcs8();
  const [version, algorithm, key, ...more] = readElements(outer.body) ?? [];
  if (version?.tag !== INTEGER || version.body.length !== 1) throw badPkcs8();
  if (algorithm?.tag !== SEQUENCE || key?.tag !== OCTET_STRING) throw badPkcs8();
  checkAlgorithm(algorithm.body);
  const seed = readElement(key.body);
  if (seed?.tag !== OCTET_STRING || seed.rest.length > 0) throw badPkcs8();
  if (seed.body.length !== ED25519_SEED_BYTES) throw badPkcs8();
  return { seed: seed.body, publicKey: readOptional(version.body[0], more) };
}

/** The PKCS#8 structure of an Ed25519 seed, in a fresh buffer: 48 bytes. */
export function encodePkcs8(seed: Uint8Array): Uint8Array {
  const der = allocateSecret(HEAD.length + ED25519_SEED_BYTES);
  der.set(HEAD);
  der.set(seed, HEAD.length);
  return der;
}

function checkAlgorithm(identifier: Uint8Array): void {
  const oid = readElement(identifier);
  if (oid?.tag !== OBJECT_IDENTIFIER) throw badPkcs8();
  if (!equalBytes(oid.body, ED25519_OID)) {
    throw new IdentityError(
      "UNKNOWN_ALGORITHM",
      `the private key is of an algorithm that is not known here; expected ${ED25519}`,
    );
  }
  if (oid.rest.length > 0) throw badPkcs8();
}

/** The public key among the optional elements, in their order: attributes, public key. */
function readOptional(
  version: number | undefined,
  elements: readonly DerElement[],
): Uint8Array | undefined {
  const [first, ...others] = elements;
  const left = first?.tag === ATTRIBUTES ? others : elements;
  const [key, ...unknown] = left;
  if (unknown.length > 0 || version !== (key === undefined ? 0 : 1)) throw badPkcs8();
  if (key === undefined) return undefined;
  const [unusedBits] = key.body;
  if (key.tag !== PUBLIC_KEY || unusedBits !== 0) throw badPkcs8();
  if (key.body.length !== 1 + ED25519_PUBLIC_KEY_BYTES) throw badPkcs8();
  return key.body.subarray(1);
}

function badPkcs8(): IdentityError {
  return new IdentityError("BAD_KEY", "the PKCS#8 private key is damaged or cut short");
}
