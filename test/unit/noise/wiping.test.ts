// SPDX-License-Identifier: GPL-3.0-or-later

// That every buffer that ever held a secret of a handshake holds zeros when it is over: the crypto
// port is watched for what goes in and out of it.

import { expect, it } from "vitest";
import type { Crypto } from "../../../server/src/crypto/index.js";
import { native } from "../crypto/adapters.js";
import { advance, createEnds } from "./support.js";

/** The port, and the buffers that held secrets: DH results, outputs of HKDF, cipher keys. */
function watched(crypto: Crypto): { crypto: Crypto; secrets: Set<Uint8Array> } {
  const secrets = new Set<Uint8Array>();
  return {
    secrets,
    crypto: {
      ...crypto,
      x25519(secret, publicKey, out) {
        secrets.add(out);
        return crypto.x25519(secret, publicKey, out);
      },
      hkdfSha256(chainingKey, input, outputs) {
        secrets.add(chainingKey);
        for (const output of outputs) secrets.add(output);
        crypto.hkdfSha256(chainingKey, input, outputs);
      },
      seal(key, nonce, additionalData, plaintext, out) {
        secrets.add(key);
        crypto.seal(key, nonce, additionalData, plaintext, out);
      },
      open(key, nonce, additionalData, sealed, out) {
        secrets.add(key);
        return crypto.open(key, nonce, additionalData, sealed, out);
      },
    },
  };
}

it.each([1, 2, 3])("leaves no secret behind after %i messages", (count) => {
  const { crypto, secrets } = watched(native);
  const ends = createEnds(crypto);
  advance(ends, count);
  const clone = ends.initiator.clone();
  const keys = count === 3 ? ends.initiator.split() : undefined;
  clone.wipe();
  ends.initiator.wipe();
  ends.responder.wipe();
  if (keys !== undefined) {
    for (const key of [keys.initiatorToResponder, keys.responderToInitiator, keys.exporter]) {
      expect(key.some((byte) => byte !== 0)).toBe(true);
      secrets.delete(key);
    }
  }
  expect(secrets.size).toBeGreaterThan(count === 1 ? -1 : 5);
  for (const secret of secrets) expect(secret).toEqual(new Uint8Array(32));
});
