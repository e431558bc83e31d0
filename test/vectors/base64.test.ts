// SPDX-License-Identifier: GPL-3.0-or-later

// INET256 section 1, text form: both directions, order, and what decoding refuses.

import { Address, decodeText, encodeText, IdentityError } from "@inet256/client/identity";
import { describe, expect, it } from "vitest";
import { bytes, expectToNotice, hex, readVectors } from "./support.js";

interface TextCase {
  readonly addressHex: string;
  readonly text: string;
}

interface TextVectors {
  readonly alphabet: string;
  readonly cases: readonly TextCase[];
  readonly order: readonly TextCase[];
  readonly invalid: readonly {
    readonly why: string;
    readonly text: string;
    readonly reason: "length" | "character" | "trailing bits";
  }[];
}

const vectors = readVectors<TextVectors>("base64.json");

/** What the message of a refusal says, by the rule that was broken. */
const REASONS = {
  length: /43 characters/,
  character: /^character \d+ of the address/,
  "trailing bits": /zero bits/,
} as const;

function checkText({ addressHex, text }: TextCase) {
  expect(encodeText(bytes(addressHex))).toBe(text);
  expect(hex(decodeText(text))).toBe(addressHex);
  expect(Address.fromBytes(bytes(addressHex)).toString()).toBe(text);
}

describe("base64.json", () => {
  it("agrees on every case in both directions", () => {
    expect(vectors.cases).toHaveLength(24);
    for (const vector of [...vectors.cases, ...vectors.order]) checkText(vector);
  });

  it("uses the alphabet, in ASCII order", () => {
    const sorted = [...vectors.alphabet].sort().join("");
    expect(sorted).toBe(vectors.alphabet);
    for (const [value, character] of [...vectors.alphabet].entries()) {
      const address = new Uint8Array(32);
      address[0] = value << 2;
      expect(encodeText(address)[0]).toBe(character);
    }
  });

  it("orders texts as it orders addresses", () => {
    expect(vectors.order).toHaveLength(20);
    for (const [i, later] of vectors.order.entries()) {
      for (const earlier of vectors.order.slice(0, i)) {
        const [a, b] = [Address.parse(earlier.text), Address.parse(later.text)];
        expect(a.compare(b)).toBeLessThan(0);
        expect(b.compare(a)).toBeGreaterThan(0);
        expect(`${a}` < `${b}`).toBe(true);
      }
    }
  });

  it.each(vectors.invalid)("refuses, for its $reason: $why", ({ text, reason }) => {
    const decode = () => decodeText(text);
    expect(decode).toThrow(IdentityError);
    expect(decode).toThrow(REASONS[reason]);
    expect(decode).toThrow(expect.objectContaining({ code: "BAD_ADDRESS" }));
  });

  it("notices a damaged byte", () => {
    for (const vector of vectors.cases) {
      expectToNotice(checkText, vector, ["addressHex"]);
      const otherText = vector.text.replace(/./, (first) => (first === "7" ? "8" : "7"));
      expect(() => checkText({ ...vector, text: otherText })).toThrow();
    }
  });
});
