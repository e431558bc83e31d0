// SPDX-License-Identifier: GPL-3.0-or-later

import { inspect } from "node:util";
import {
  Address,
  createKeys,
  IdentityError,
  PublicKey,
  portableEd25519,
  signatureContext,
  signatureDigest,
} from "@inet256/client/identity";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const keys = createKeys(portableEd25519);
const SEED = new Uint8Array(32).fill(9);
const message = new TextEncoder().encode("message");

describe("signing", () => {
  const key = keys.fromSeed(SEED);

  it("keeps reserved purposes from applications, and theirs from implementations", () => {
    const badPurpose = expect.objectContaining({ code: "BAD_PURPOSE" });
    for (const purpose of ["inet256/", "inet256/x", "inet256/mesh256/noise-static/1"]) {
      expect(() => keys.sign(key, purpose, message)).toThrow(badPurpose);
      const signature = keys.signReserved(key, purpose, message);
      expect(keys.verify(key.publicKey, purpose, message, signature)).toBe(true);
    }
    for (const purpose of ["", "inet256", "Inet256/x", " inet256/x", "app"]) {
      expect(() => keys.signReserved(key, purpose, message)).toThrow(badPurpose);
      const signature = keys.sign(key, purpose, message);
      expect(keys.verify(key.publicKey, purpose, message, signature)).toBe(true);
    }
  });

  it("binds key, purpose and message", () => {
    const signature = keys.sign(key, "app", message);
    const other = keys.fromSeed(new Uint8Array(32).fill(8)).publicKey;
    expect(keys.verify(key.publicKey, "app", message, signature)).toBe(true);
    expect(keys.verify(other, "app", message, signature)).toBe(false);
    expect(keys.verify(key.publicKey, "apq", message, signature)).toBe(false);
    expect(keys.verify(key.publicKey, "app", message.subarray(1), signature)).toBe(false);
  });

  it("does not throw for any signature", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (signature) => {
        expect(keys.verify(key.publicKey, "app", message, signature)).toBe(false);
      }),
    );
  });

  it("refuses a purpose that has no UTF-8", () => {
    for (const purpose of ["\ud800", "a\udc00b", 5 as unknown as string]) {
      const badPurpose = expect.objectContaining({ code: "BAD_PURPOSE" });
      expect(() => keys.sign(key, purpose, message)).toThrow(badPurpose);
      expect(() => keys.verify(key.publicKey, purpose, message, SEED)).toThrow(badPurpose);
      expect(() => signatureContext(purpose)).toThrow(badPurpose);
      expect(() => signatureDigest(purpose, message)).toThrow(badPurpose);
    }
    expect(signatureContext("\u{1f600}")).toHaveLength(32);
  });
});

describe("PublicKey", () => {
  const { publicKey } = keys.fromSeed(SEED);

  it("is a value: copied, comparable, its address computed once", () => {
    const serialized = publicKey.serialize();
    const parsed = PublicKey.parse(serialized);
    serialized.fill(0);
    expect(parsed.equals(publicKey)).toBe(true);
    expect(parsed.equals(keys.fromSeed(new Uint8Array(32)).publicKey)).toBe(false);
    expect(parsed.address).toBe(parsed.address);
    expect(parsed.address.equals(Address.ofPublicKey(publicKey.serialize()))).toBe(true);
    expect(parsed.algorithm).toBe("ed25519");
  });

  it("shows its algorithm and address", () => {
    const address = publicKey.address.toString();
    expect(`${publicKey}`).toBe(`PublicKey(ed25519 ${address})`);
    expect(inspect(publicKey)).toBe(`PublicKey(ed25519 ${address})`);
    expect(JSON.parse(JSON.stringify(publicKey))).toEqual({ algorithm: "ed25519", address });
  });

  it("refuses non-canonical encodings and small orders", () => {
    const identity = Uint8Array.of(1, ...new Array(31).fill(0));
    const nonCanonical = Uint8Array.of(0xee, ...new Array(30).fill(0xff), 0x7f);
    for (const raw of [identity, nonCanonical]) {
      const serialized = Uint8Array.of(7, 0, ...new TextEncoder().encode("ed25519"), ...raw);
      expect(() => PublicKey.parse(serialized)).toThrow(/small order or not in canonical encoding/);
    }
  });

  it("tells a private key apart", () => {
    const attempt = () => PublicKey.parse(keys.fromSeed(SEED).serialize());
    expect(attempt).toThrow("a private key was given where a public key is expected");
  });
});

describe("private keys", () => {
  it("tell a public key apart", () => {
    const attempt = () => keys.parsePrivateKey(keys.fromSeed(SEED).publicKey.serialize());
    expect(attempt).toThrow("a public key was given where a private key is expected");
  });

  it.each([
    [new Uint8Array(31), "an Ed25519 seed has 32 bytes, got 31 bytes"],
    [new Uint8Array(64), "an Ed25519 seed has 32 bytes, got 64 bytes"],
    ["00".repeat(32), "an Ed25519 seed has 32 bytes, got a string of 64 characters"],
    [undefined, "an Ed25519 seed has 32 bytes, got a value of type undefined"],
    [null, "an Ed25519 seed has 32 bytes, got null"],
  ])("take a seed of 32 bytes only (%#)", (seed, text) => {
    expect(() => keys.fromSeed(seed as Uint8Array)).toThrow(
      expect.objectContaining({ code: "BAD_KEY", message: text }),
    );
  });

  it("come from bytes only", () => {
    for (const wrong of [undefined, null, "0f00", [1, 2, 3]]) {
      expect(() => keys.parsePrivateKey(wrong as unknown as Uint8Array)).toThrow(IdentityError);
      expect(() => PublicKey.parse(wrong as unknown as Uint8Array)).toThrow(IdentityError);
      expect(() => keys.decodeKeyFile(wrong as unknown as Uint8Array)).toThrow(IdentityError);
    }
  });

  it("have tags of printable ASCII, not without bound", () => {
    const withTag = (tag: Uint8Array) =>
      Uint8Array.of(tag.length & 0xff, tag.length >> 8, ...tag, ...new Uint8Array(64));
    const damaged = expect.objectContaining({
      code: "BAD_KEY",
      message: "not a serialized key: its tag is damaged or cut short",
    });
    const unknown = expect.objectContaining({ code: "UNKNOWN_ALGORITHM" });
    for (const parse of [keys.parsePrivateKey, PublicKey.parse]) {
      expect(() => parse(withTag(Uint8Array.of(0x65, 0x1f)))).toThrow(damaged);
      expect(() => parse(withTag(Uint8Array.of(0x65, 0x7f)))).toThrow(damaged);
      expect(() => parse(withTag(new Uint8Array(1_025).fill(0x61)))).toThrow(damaged);
      expect(() => parse(withTag(new Uint8Array(1_024).fill(0x61)))).toThrow(unknown);
    }
  });
});
