// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Bearer tokens. Guards that only their hashes are kept, and that how long a comparison takes tells
 * nothing: what came is hashed, and compared with every hash there is.
 */
import type { Crypto } from "../crypto/index.js";

/** Whether the value of an `authorization` header shows one of the tokens. */
export type TokenCheck = (authorization: string | undefined) => boolean;

const HASH_BYTES = 32;
const BEARER = /^bearer +(?<token>[\x21-\x7e]{1,4096})$/i;

/** Knows these tokens; without any, nobody is let in. */
export function createTokenCheck(
  crypto: Pick<Crypto, "sha256" | "constantTimeEqual">,
  tokens: readonly string[],
): TokenCheck {
  const hashOf = (token: string): Uint8Array => {
    const hash = new Uint8Array(HASH_BYTES);
    crypto.sha256(hash, Buffer.from(token, "latin1"));
    return hash;
  };
  const known = tokens.map(hashOf);
  return (authorization) => {
    const token = BEARER.exec(authorization ?? "")?.groups?.["token"];
    if (token === undefined) return false;
    const hash = hashOf(token);
    let found = false;
    for (const each of known) {
      // Every one, whether or not an earlier one was it.
      if (crypto.constantTimeEqual(each, hash)) found = true;
    }
    return found;
  };
}
