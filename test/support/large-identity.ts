// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * An algorithm of signatures that exists for its sizes alone, which are those of post-quantum
 * ones: keys and signatures of any size. Anybody can sign; the tests that use it forge nothing.
 */
import type { Signer, VerifyCertificate } from "../../server/src/channel/index.js";
import type { Crypto } from "../../server/src/crypto/index.js";
import type { SeededRandom } from "./seeded-random.js";

/** Sizes in bytes. */
export interface LargeSizes {
  readonly keyBytes: number;
  readonly signatureBytes: number;
}

/** An identity of these sizes. */
export function createLargeSigner(
  crypto: Crypto,
  random: SeededRandom,
  { keyBytes, signatureBytes }: LargeSizes,
): Signer {
  const publicKey = random.bytes(keyBytes);
  const address = new Uint8Array(32);
  crypto.shake256(address, publicKey);
  return {
    publicKey,
    address,
    sign(certificate) {
      const signature = new Uint8Array(signatureBytes);
      crypto.shake256(signature, publicKey, certificate);
      return signature;
    },
  };
}

/** Verifies those, and gives what is shorter than `fromBytes` to `others`. */
export function createLargeVerifier(
  crypto: Crypto,
  fromBytes: number,
  others: VerifyCertificate,
): VerifyCertificate {
  return (publicKey, certificate, signature) => {
    if (publicKey.length < fromBytes) return others(publicKey, certificate, signature);
    const expected = new Uint8Array(signature.length);
    crypto.shake256(expected, publicKey, certificate);
    return Buffer.compare(expected, signature) === 0;
  };
}
