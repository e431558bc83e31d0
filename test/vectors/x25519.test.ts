// SPDX-License-Identifier: GPL-3.0-or-later

// X25519 on Wycheproof's cases. Of the "acceptable" ones, public keys of low order must fail (the
// strict reading), and the others (twist, non-canonical) must give exactly this result.

import { describe, expect, it } from "vitest";
import type { Crypto } from "../../server/src/crypto/index.js";
import { ADAPTERS, bytes, damaged, expectToNotice, hex, readVectors } from "./support.js";

interface AgreementCase {
  readonly tcId: number;
  readonly flags: readonly string[];
  readonly public: string;
  readonly private: string;
  readonly shared: string;
  readonly zero: boolean;
}

const cases = readVectors<{ cases: readonly AgreementCase[] }>("x25519.json").cases;

function check(crypto: Crypto, vector: AgreementCase) {
  const out = new Uint8Array(32).fill(0xaa);
  const agreed = crypto.x25519(bytes(vector.private), bytes(vector.public), out);
  expect(agreed).toBe(!vector.zero);
  expect(hex(out)).toBe(vector.shared);
}

describe.each(ADAPTERS)("x25519.json, %s", (_, crypto) => {
  it.each(cases)("Wycheproof $tcId, $flags", (vector) => {
    check(crypto, vector);
  });

  it("refuses every low-order key, and leaves zeros", () => {
    const low = cases.filter(({ zero }) => zero);
    expect(low.length).toBeGreaterThan(20);
    for (const vector of low) expect(vector.shared).toBe("00".repeat(32));
  });

  it("gives the base point's multiple as the public key", () => {
    const basePoint = `09${"00".repeat(31)}`;
    for (const { private: secret } of cases) {
      const out = new Uint8Array(32);
      expect(crypto.x25519(bytes(secret), bytes(basePoint), out)).toBe(true);
      expect(hex(crypto.x25519PublicKey(bytes(secret)))).toBe(hex(out));
    }
  });

  it("notices a damaged byte", () => {
    for (const vector of cases.filter(({ zero }) => !zero)) {
      expectToNotice((damagedCase) => check(crypto, damagedCase), vector, [
        "public",
        "private",
        "shared",
      ]);
    }
    for (const vector of cases.filter(({ zero }) => zero)) {
      expect(() => check(crypto, damaged(vector, "public"))).toThrow();
    }
  });
});
