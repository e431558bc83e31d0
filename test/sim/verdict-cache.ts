// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Signature checks that many daemons of one process share: what one of them has verified, the next
 * one looks up. For runs of hundreds of daemons, whose time would go into the same few signatures.
 */
import type { Crypto } from "../../server/src/crypto/index.js";

const SEPARATOR = "|";

/** The same crypto with a memory of the last `most` verdicts. */
export function withVerdictCache(crypto: Crypto, most = 100_000): Crypto {
  const verdicts = new Map<string, boolean>();
  const { ed25519 } = crypto;
  return {
    ...crypto,
    ed25519: {
      publicKeyOf: (seed) => ed25519.publicKeyOf(seed),
      sign: (seed, publicKey, message) => ed25519.sign(seed, publicKey, message),
      verify(publicKey, message, signature) {
        const name = [publicKey, message, signature]
          .map((part) => Buffer.from(part).toString("latin1"))
          .join(SEPARATOR);
        let verdict = verdicts.get(name);
        if (verdict === undefined) {
          verdict = ed25519.verify(publicKey, message, signature);
          if (verdicts.size >= most) verdicts.clear();
          verdicts.set(name, verdict);
        }
        return verdict;
      },
    },
  };
}
