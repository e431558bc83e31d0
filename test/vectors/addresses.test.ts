// SPDX-License-Identifier: GPL-3.0-or-later

// INET256 section 1: key → serialized key → address → text, and bytes that are no serialized key.

import { Address, createKeys, IdentityError, type Keys, PublicKey } from "@inet256/client/identity";
import { describe, expect, it } from "vitest";
import { ADAPTERS, bytes, damaged, expectToNotice, hex, readVectors } from "./support.js";

interface KeyCase {
  readonly name: string;
  readonly seed: string;
  readonly algorithm: string;
  readonly privateKeySerialized: string;
  readonly publicKeyRaw: string;
  readonly publicKeySerialized: string;
  readonly addressHex: string;
  readonly addressBase64: string;
}

interface AddressVectors {
  readonly cases: readonly KeyCase[];
  readonly others: readonly Omit<KeyCase, "privateKeySerialized">[];
  readonly invalid: readonly { kind: "public" | "private"; why: string; bytes: string }[];
}

const vectors = readVectors<AddressVectors>("addresses.json");

function checkAddress(
  vector: Pick<KeyCase, "publicKeySerialized" | "addressHex" | "addressBase64">,
) {
  const address = Address.ofPublicKey(bytes(vector.publicKeySerialized));
  expect(hex(address.bytes)).toBe(vector.addressHex);
  expect(address.toString()).toBe(vector.addressBase64);
  expect(Address.parse(vector.addressBase64).equals(address)).toBe(true);
}

function checkKeys(keys: Keys, vector: KeyCase) {
  const key = keys.fromSeed(bytes(vector.seed));
  expect(key.publicKey.algorithm).toBe(vector.algorithm);
  expect(hex(key.publicKey.raw)).toBe(vector.publicKeyRaw);
  expect(hex(key.publicKey.serialize())).toBe(vector.publicKeySerialized);
  expect(hex(key.serialize())).toBe(vector.privateKeySerialized);
  expect(key.address.toString()).toBe(vector.addressBase64);

  const parsed = keys.parsePrivateKey(bytes(vector.privateKeySerialized));
  expect(hex(parsed.serialize())).toBe(vector.privateKeySerialized);
  expect(parsed.publicKey.equals(PublicKey.parse(bytes(vector.publicKeySerialized)))).toBe(true);
}

/** The code of the error that parsing gives; undefined when there is none. */
function refusal(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof IdentityError) return error.code;
    throw error;
  }
}

describe.each(ADAPTERS)("addresses.json, %s", (_, crypto) => {
  const keys = createKeys(crypto.ed25519);

  it(`agrees on all ${vectors.cases.length} Ed25519 keys`, () => {
    expect(vectors.cases).toHaveLength(40);
    for (const vector of vectors.cases) {
      checkKeys(keys, vector);
      checkAddress(vector);
    }
  });

  it("hashes to the addresses with its own SHAKE256", () => {
    for (const vector of [...vectors.cases, ...vectors.others]) {
      const address = new Uint8Array(32);
      crypto.shake256(address, bytes(vector.publicKeySerialized));
      expect(hex(address)).toBe(vector.addressHex);
    }
  });

  it.each(vectors.invalid)("refuses as a $kind key: $why", ({ kind, why, bytes: invalid }) => {
    const parse = kind === "public" ? PublicKey.parse : keys.parsePrivateKey;
    const code = refusal(() => parse(bytes(invalid)));
    expect(code).toMatch(/^(BAD_KEY|UNKNOWN_ALGORITHM)$/);
    if (why === "unknown algorithm") expect(code).toBe("UNKNOWN_ALGORITHM");
  });

  it("notices a damaged byte in any field", () => {
    for (const vector of vectors.cases.slice(0, 4)) {
      expectToNotice((damagedCase) => checkKeys(keys, damagedCase), vector, [
        "seed",
        "privateKeySerialized",
        "publicKeyRaw",
        "publicKeySerialized",
      ]);
      expectToNotice(checkAddress, vector, ["publicKeySerialized", "addressHex"]);
      const otherText = vector.addressBase64.replace(/./, (first) => (first === "7" ? "8" : "7"));
      expect(() => checkAddress({ ...vector, addressBase64: otherText })).toThrow();
    }
  });
});

describe("addresses.json, other algorithms", () => {
  it("derives the address of a key whose algorithm it does not know, but does not parse it", () => {
    expect(vectors.others).toHaveLength(3);
    for (const vector of vectors.others) {
      checkAddress(vector);
      expect(refusal(() => PublicKey.parse(bytes(vector.publicKeySerialized)))).toBe(
        "UNKNOWN_ALGORITHM",
      );
      expect(() => checkAddress(damaged(vector, "publicKeySerialized"))).toThrow();
    }
  });
});
