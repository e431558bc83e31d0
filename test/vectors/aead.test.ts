// SPDX-License-Identifier: GPL-3.0-or-later

// ChaCha20-Poly1305 on the examples of RFC 8439 and Wycheproof's cases: sealing, opening, both in
// place and apart, and what must not open.

import { describe, expect, it } from "vitest";
import type { Crypto } from "../../server/src/crypto/index.js";
import { ADAPTERS, bytes, expectToNotice, hex, readVectors } from "./support.js";

interface SealCase {
  readonly tcId?: number;
  readonly name: string;
  readonly flags?: readonly string[];
  readonly key: string;
  readonly nonce: string;
  readonly aad: string;
  readonly plaintext: string;
  readonly sealed: string;
  readonly result: "valid" | "invalid";
}

const cases = readVectors<{ cases: readonly SealCase[] }>("aead.json").cases;
const isNonceCase = ({ flags }: SealCase) => flags?.includes("InvalidNonceSize") === true;

function open(crypto: Crypto, vector: SealCase): Uint8Array | undefined {
  const sealed = bytes(vector.sealed);
  const out = new Uint8Array(Math.max(0, sealed.length - 16));
  const [key, nonce, ad] = [bytes(vector.key), bytes(vector.nonce), bytes(vector.aad)];
  return crypto.open(key, nonce, ad, sealed, out) ? out : undefined;
}

function seal(crypto: Crypto, vector: SealCase): Uint8Array {
  const plaintext = bytes(vector.plaintext);
  const out = new Uint8Array(plaintext.length + 16);
  crypto.seal(bytes(vector.key), bytes(vector.nonce), bytes(vector.aad), plaintext, out);
  return out;
}

function checkValid(crypto: Crypto, vector: SealCase) {
  expect(hex(seal(crypto, vector))).toBe(vector.sealed);
  expect(hex(open(crypto, vector) ?? new Uint8Array(1))).toBe(vector.plaintext);
}

/** The same in one buffer, at an odd offset, with bytes around it that must stay. */
function checkInPlace(crypto: Crypto, vector: SealCase) {
  const plaintext = bytes(vector.plaintext);
  const buffer = new Uint8Array(3 + plaintext.length + 16 + 5).fill(0xee);
  buffer.set(plaintext, 3);
  const message = buffer.subarray(3, 3 + plaintext.length);
  const sealed = buffer.subarray(3, 3 + plaintext.length + 16);
  const [key, nonce, ad] = [bytes(vector.key), bytes(vector.nonce), bytes(vector.aad)];
  crypto.seal(key, nonce, ad, message, sealed);
  expect(hex(sealed)).toBe(vector.sealed);
  expect(crypto.open(key, nonce, ad, sealed, message)).toBe(true);
  expect(hex(message)).toBe(vector.plaintext);
  expect([...buffer.subarray(0, 3), ...buffer.subarray(-5)]).toEqual(new Array(8).fill(0xee));
}

describe.each(ADAPTERS)("aead.json, %s", (_, crypto) => {
  it("has the cases it should", () => {
    expect(cases).toHaveLength(47);
    expect(cases.filter(isNonceCase)).toHaveLength(5);
  });

  it.each(cases.filter(({ result }) => result === "valid"))(
    "seals, opens: $tcId $name",
    (vector) => {
      checkValid(crypto, vector);
      checkInPlace(crypto, vector);
    },
  );

  it.each(cases.filter((vector) => vector.result === "invalid" && !isNonceCase(vector)))(
    "does not open: $tcId $name",
    (vector) => {
      expect(open(crypto, vector)).toBeUndefined();
    },
  );

  it.each(cases.filter(isNonceCase))("takes no nonce of another size: $tcId $name", (vector) => {
    expect(() => seal(crypto, vector)).toThrow(/^nonce: expected 12 bytes/);
    expect(() => open(crypto, vector)).toThrow(/^nonce: expected 12 bytes/);
  });

  it("notices a damaged byte", () => {
    for (const vector of cases.filter(({ result }) => result === "valid")) {
      expectToNotice((damagedCase) => checkValid(crypto, damagedCase), vector, [
        "key",
        "nonce",
        "aad",
        "plaintext",
        "sealed",
      ]);
    }
  });
});
