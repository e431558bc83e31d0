// SPDX-License-Identifier: GPL-3.0-or-later

// Bearer tokens: what counts as one, and that every comparison is of whole hashes with all of them.

import { describe, expect, it } from "vitest";
import { createTokenCheck } from "../../../server/src/api/tokens.js";
import { selectCrypto } from "../../../server/src/crypto/index.js";

const crypto = selectCrypto();
const [A, B] = ["a".repeat(64), "B-_~!+/=".repeat(8)];

describe("a token check", () => {
  const isToken = createTokenCheck(crypto, [A, B]);

  it.each([
    ["the first", `Bearer ${A}`],
    ["another", `Bearer ${B}`],
    ["in small letters", `bearer ${A}`],
    ["with more spaces", `Bearer   ${A}`],
  ])("knows %s", (_, shown) => {
    expect(isToken(shown)).toBe(true);
  });

  it.each([
    ["nothing", undefined],
    ["an empty header", ""],
    ["the token alone", A],
    ["another scheme", `Basic ${A}`],
    ["a shorter one", `Bearer ${A.slice(1)}`],
    ["a longer one", `Bearer ${A}a`],
    ["other letters", `Bearer ${A.toUpperCase()}`],
    ["one behind it", `Bearer ${A} x`],
    ["a line break", `Bearer ${A}\n`],
    ["none", "Bearer "],
    ["a hash", `Bearer ${"0".repeat(64)}`],
    ["one that is too long", `Bearer ${"a".repeat(5_000)}`],
  ])("refuses %s", (_, shown) => {
    expect(isToken(shown)).toBe(false);
  });

  it("without tokens lets nobody in", () => {
    const nobody = createTokenCheck(crypto, []);
    expect([nobody(undefined), nobody("Bearer "), nobody(`Bearer ${A}`)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("token-compared-in-constant-time: hashes of 32 bytes, all of them, whichever it was", () => {
    const compared: number[] = [];
    const watched = {
      sha256: crypto.sha256,
      constantTimeEqual(a: Uint8Array, b: Uint8Array) {
        compared.push(a.length, b.length);
        return crypto.constantTimeEqual(a, b);
      },
    };
    const check = createTokenCheck(watched, [A, B]);
    for (const shown of [A, B, "x", "y".repeat(4_000)]) {
      compared.length = 0;
      check(`Bearer ${shown}`);
      expect(compared).toEqual([32, 32, 32, 32]);
    }
  });
});
