// SPDX-License-Identifier: Apache-2.0

// What is signed (INET256 section 4). One key serves the network and its applications, so every
// signature is bound to a purpose:
//
//     sigCtx = cSHAKE256(N = "", S = "", X = purpose, 256 bits)     which is SHAKE256
//     digest = cSHAKE256(N = "", S = sigCtx, X = message, 512 bits)
//     sig    = Sign(privateKey, digest)

import { shake256 } from "@noble/hashes/sha3.js";
import { cshake256 } from "@noble/hashes/sha3-addons.js";
import {
  RESERVED_PURPOSE_PREFIX,
  SIGNATURE_CONTEXT_BYTES,
  SIGNATURE_DIGEST_BYTES,
} from "./constants.js";
import { IdentityError } from "./errors.js";

const utf8 = new TextEncoder();

/**
 * sigCtx: what a purpose (any text, hashed as UTF-8) gives signatures. 32 bytes.
 *
 * @throws IdentityError BAD_PURPOSE if the purpose is not well-formed text.
 */
export function signatureContext(purpose: string): Uint8Array {
  checkPurpose(purpose);
  return shake256(utf8.encode(purpose), { dkLen: SIGNATURE_CONTEXT_BYTES });
}

/**
 * The 64 bytes that a key signs for a purpose and a message.
 *
 * @throws IdentityError BAD_PURPOSE if the purpose is not well-formed text.
 */
export function signatureDigest(purpose: string, message: Uint8Array): Uint8Array {
  const personalization = signatureContext(purpose);
  return cshake256(message, { personalization, dkLen: SIGNATURE_DIGEST_BYTES });
}

/** Whether only implementations may sign for this purpose. */
export function isReservedPurpose(purpose: string): boolean {
  checkPurpose(purpose);
  return purpose.startsWith(RESERVED_PURPOSE_PREFIX);
}

/** Half a surrogate pair has no UTF-8: the encoder would make all of them the same purpose. */
function checkPurpose(purpose: string): void {
  if (typeof purpose !== "string" || /\p{Surrogate}/u.test(purpose)) {
    throw new IdentityError("BAD_PURPOSE", "a purpose is a string of well-formed Unicode text");
  }
}
