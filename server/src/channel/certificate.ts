// SPDX-License-Identifier: GPL-3.0-or-later

// The certificate that binds a Noise static key to an identity (C2): a signature over
//
//     u8 1 ‖ u8 layer ‖ u64 not_after ‖ u16 + serialized public key
//     ‖ u8 n ‖ n × (u16 algorithm, u16 length, key)
//
// whose first key is the Noise static one (algorithm 1). It is not sent: both sides make these
// bytes from what the handshake told them. Nothing in it is chosen by the peer.

import { writeU16 } from "../core/index.js";
import { type Keys, PURPOSES, PublicKey } from "../identity/index.js";

/** Checks a signature by a serialized public key over a certificate's bytes; false, never a throw. */
export type VerifyCertificate = (
  publicKey: Uint8Array,
  certificate: Uint8Array,
  signature: Uint8Array,
) => boolean;

/** What is signed. */
export interface CertificateFields {
  readonly layer: number;
  /** 8 bytes. */
  readonly notAfter: Uint8Array;
  readonly publicKey: Uint8Array;
  /** The Noise static key: 32 bytes. */
  readonly staticKey: Uint8Array;
  /** The others, as they are in the handshake's payload. */
  readonly extraStatics: Uint8Array;
  readonly extras: number;
}

const X25519 = 1;

/** The bytes that are signed. */
export function certificateBytes(fields: CertificateFields): Uint8Array {
  const { publicKey, staticKey, extraStatics } = fields;
  const keyAt = 12 + publicKey.length;
  const out = new Uint8Array(keyAt + 5 + staticKey.length + extraStatics.length);
  out[0] = 1;
  out[1] = fields.layer;
  out.set(fields.notAfter, 2);
  writeU16(out, 10, publicKey.length);
  out.set(publicKey, 12);
  out[keyAt] = 1 + fields.extras;
  writeU16(out, keyAt + 1, X25519);
  writeU16(out, keyAt + 3, staticKey.length);
  out.set(staticKey, keyAt + 5);
  out.set(extraStatics, keyAt + 5 + staticKey.length);
  return out;
}

/** Verifies with the daemon's keys. */
export function createCertificateVerifier(keys: Keys): VerifyCertificate {
  return (publicKey, certificate, signature) => {
    try {
      const key = PublicKey.parse(publicKey);
      return keys.verify(key, PURPOSES.noiseStatic, certificate, signature);
    } catch {
      return false; // a stranger's key that does not parse: as good as a wrong signature
    }
  };
}
