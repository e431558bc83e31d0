// SPDX-License-Identifier: GPL-3.0-or-later

// INET256 section 4: purpose and message → sigCtx → digest → signature, and signatures that must
// not verify.

import {
  createKeys,
  type Keys,
  PublicKey,
  signatureContext,
  signatureDigest,
} from "@inet256/client/identity";
import { describe, expect, it } from "vitest";
import { ADAPTERS, bytes, expectToNotice, hex, readVectors } from "./support.js";

interface SignatureCase {
  readonly seed: string;
  readonly publicKeyRaw: string;
  readonly purpose: string;
  readonly reserved: boolean;
  readonly messageHex: string;
  readonly sigCtxHex: string;
  readonly digestHex: string;
  readonly signatureHex: string;
  readonly referenceSignatureHex: string;
}

interface SignatureVectors {
  readonly cases: readonly SignatureCase[];
  readonly invalid: readonly (Pick<
    SignatureCase,
    "publicKeyRaw" | "purpose" | "messageHex" | "signatureHex"
  > & { readonly why: string })[];
}

const vectors = readVectors<SignatureVectors>("signatures.json");
const badPurpose = expect.objectContaining({ code: "BAD_PURPOSE" });

function publicKey(raw: string): PublicKey {
  return PublicKey.parse(bytes(`0700${Buffer.from("ed25519").toString("hex")}${raw}`));
}

function checkDigest(vector: SignatureCase) {
  expect(hex(signatureContext(vector.purpose))).toBe(vector.sigCtxHex);
  expect(hex(signatureDigest(vector.purpose, bytes(vector.messageHex)))).toBe(vector.digestHex);
}

function checkSignature(keys: Keys, vector: SignatureCase) {
  const key = keys.fromSeed(bytes(vector.seed));
  const message = bytes(vector.messageHex);
  const sign = vector.reserved ? keys.signReserved : keys.sign;
  const refused = vector.reserved ? keys.sign : keys.signReserved;
  expect(hex(key.publicKey.raw)).toBe(vector.publicKeyRaw);
  expect(hex(sign(key, vector.purpose, message))).toBe(vector.signatureHex);
  expect(() => refused(key, vector.purpose, message)).toThrow(badPurpose);
  expect(verify(keys, vector)).toBe(true);
  const reference = { ...vector, signatureHex: vector.referenceSignatureHex };
  expect(verify(keys, reference)).toBe(false);
}

function verify(
  keys: Keys,
  vector: Pick<SignatureCase, "publicKeyRaw" | "purpose" | "messageHex" | "signatureHex">,
): boolean {
  return keys.verify(
    publicKey(vector.publicKeyRaw),
    vector.purpose,
    bytes(vector.messageHex),
    bytes(vector.signatureHex),
  );
}

describe("signatures.json, digests", () => {
  it("agrees on every context and digest", () => {
    expect(vectors.cases).toHaveLength(21);
    for (const vector of vectors.cases) checkDigest(vector);
  });

  it("notices a damaged byte", () => {
    for (const vector of vectors.cases) {
      expectToNotice(checkDigest, vector, ["messageHex", "sigCtxHex", "digestHex"]);
    }
  });
});

describe.each(ADAPTERS)("signatures.json, %s", (_, crypto) => {
  const keys = createKeys(crypto.ed25519);

  it("signs and verifies every case, and keeps reserved purposes apart", () => {
    for (const vector of vectors.cases) checkSignature(keys, vector);
  });

  it.each(vectors.invalid)("refuses a signature that is $why", (vector) => {
    expect(verify(keys, vector)).toBe(false);
  });

  it("notices a damaged byte", () => {
    for (const vector of vectors.cases.slice(0, 4)) {
      expectToNotice((damagedCase) => checkSignature(keys, damagedCase), vector, [
        "seed",
        "publicKeyRaw",
        "messageHex",
        "signatureHex",
      ]);
    }
  });
});
