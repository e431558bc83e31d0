// SPDX-License-Identifier: GPL-3.0-or-later

// Ed25519 verification by the rule of INET256 section 1, on Wycheproof's cases and on crafted ones
// with a torsion component. Where Wycheproof says "acceptable", the rule decides: keys of small
// order are refused, those of mixed order are judged by the cofactorless equation.

import { isAcceptableEd25519PublicKey, PublicKey } from "@inet256/client/identity";
import { describe, expect, it } from "vitest";
import { ADAPTERS, bytes, damaged, hex, readVectors } from "./support.js";

interface VerifyCase {
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly result: "valid" | "invalid" | "acceptable";
}

type WycheproofCase = VerifyCase & { readonly tcId: number; readonly flags: readonly string[] };
type TorsionCase = VerifyCase & { readonly name: string; readonly comment: string };

const wycheproof = readVectors<{ cases: readonly WycheproofCase[] }>("ed25519.json").cases;
const torsion = readVectors<{ cases: readonly TorsionCase[] }>("ed25519-torsion.json").cases;

const isSmallOrder = ({ flags }: WycheproofCase) => flags.includes("SmallOrderPublicKey");

/** What the rule says; the mixed-order cases of Wycheproof satisfy the cofactorless equation. */
function verdict(vector: WycheproofCase): boolean {
  return vector.result === "valid" || (vector.result === "acceptable" && !isSmallOrder(vector));
}

describe.each(ADAPTERS)("ed25519.json and ed25519-torsion.json, %s", (_, { ed25519 }) => {
  const verify = (vector: VerifyCase) =>
    ed25519.verify(bytes(vector.publicKey), bytes(vector.message), bytes(vector.signature));

  it.each(wycheproof)("Wycheproof $tcId ($result, $flags)", (vector) => {
    expect(verify(vector)).toBe(verdict(vector));
  });

  it.each(torsion)("torsion $name: $comment, $result", (vector) => {
    expect(verify(vector)).toBe(vector.result === "valid");
  });

  it("notices a damaged byte", () => {
    const valid = [...wycheproof.filter(verdict), ...torsion.filter((c) => c.result === "valid")];
    expect(valid.length).toBeGreaterThan(20);
    for (const vector of valid) {
      expect(verify(damaged(vector, "publicKey"))).toBe(false);
      expect(verify(damaged(vector, "signature", () => 8))).toBe(false);
      expect(verify(damaged(vector, "signature", () => 40))).toBe(false);
      if (vector.message !== "") expect(verify(damaged(vector, "message"))).toBe(false);
    }
  });
});

describe("public keys of ed25519.json and ed25519-torsion.json", () => {
  const parse = (raw: string) =>
    PublicKey.parse(bytes(`0700${Buffer.from("ed25519").toString("hex")}${raw}`));

  it("parse unless they are of small order", () => {
    expect(wycheproof.filter(isSmallOrder)).toHaveLength(8);
    for (const vector of [...wycheproof, ...torsion]) {
      const smallOrder = "flags" in vector && isSmallOrder(vector);
      expect(isAcceptableEd25519PublicKey(bytes(vector.publicKey))).toBe(!smallOrder);
      if (smallOrder) expect(() => parse(vector.publicKey)).toThrow(/small order/);
      else expect(hex(parse(vector.publicKey).raw)).toBe(vector.publicKey);
    }
  });
});
