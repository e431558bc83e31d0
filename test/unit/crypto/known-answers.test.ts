// SPDX-License-Identifier: GPL-3.0-or-later

// Published answers for what test/vectors does not cover: SHA-256 (FIPS 180), SHAKE256 (FIPS 202),
// HMAC-SHA256 (RFC 4231), XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha, A.3.1), and HKDF against
// Node's, which for an empty info is Noise's.

import { hkdfSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ADAPTERS } from "./adapters.js";

const text = (value: string) => new Uint8Array(Buffer.from(value));
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");

describe.each(ADAPTERS)("%s", (name, crypto) => {
  it("says its name", () => {
    expect(crypto.name).toBe(name);
  });

  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ])("SHA-256 of %j", (message, digest) => {
    const out = new Uint8Array(32);
    crypto.sha256(out, text(message));
    expect(hex(out)).toBe(digest);
    crypto.sha256(out, ...[...message].map(text));
    expect(hex(out)).toBe(digest);
  });

  it("SHAKE256 of nothing", () => {
    const out = new Uint8Array(32);
    crypto.shake256(out);
    expect(hex(out)).toBe("46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f");
  });

  it.each([
    [
      "0b".repeat(20),
      "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      hex(text("Jefe")),
      "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "aa".repeat(131),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
  ])("HMAC-SHA256 (%#)", (key, message, mac) => {
    const out = new Uint8Array(32);
    crypto.hmacSha256(bytes(key), out, text(message.slice(0, 5)), text(message.slice(5)));
    expect(hex(out)).toBe(mac);
  });

  it.each([0, 32, 65])("HKDF of %i bytes of input", (size) => {
    const chainingKey = new Uint8Array(32).fill(0x11);
    const input = new Uint8Array(size).fill(0x22);
    const expected = hex(new Uint8Array(hkdfSync("sha256", input, chainingKey, "", 96)));
    const [a, b, c] = [new Uint8Array(32), new Uint8Array(32), new Uint8Array(32)];
    crypto.hkdfSha256(chainingKey, input, [a, b]);
    expect(hex(a) + hex(b)).toBe(expected.slice(0, 128));
    crypto.hkdfSha256(chainingKey, input, [a, b, c]);
    expect(hex(a) + hex(b) + hex(c)).toBe(expected);
    crypto.hkdfSha256(chainingKey, input, [chainingKey, b]);
    expect(hex(chainingKey) + hex(b)).toBe(expected.slice(0, 128));
  });

  it("XChaCha20-Poly1305", () => {
    const key = bytes("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    const nonce = bytes("404142434445464748494a4b4c4d4e4f5051525354555657");
    const ad = bytes("50515253c0c1c2c3c4c5c6c7");
    const plaintext = text(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " +
        "sunscreen would be it.",
    );
    const sealed = new Uint8Array(plaintext.length + 16);
    crypto.sealX(key, nonce, ad, plaintext, sealed);
    expect(hex(sealed)).toBe(
      "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb" +
        "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452" +
        "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9" +
        "21f9664c97637da9768812f615c68b13b52e" +
        "c0875924c1c7987947deafd8780acf49",
    );
    const out = new Uint8Array(plaintext.length);
    expect(crypto.openX(key, nonce, ad, sealed, out)).toBe(true);
    expect(out).toEqual(plaintext);
  });

  it("compares and wipes", () => {
    const secret = Uint8Array.of(1, 2, 3, 4);
    expect(crypto.constantTimeEqual(secret, Uint8Array.of(1, 2, 3, 4))).toBe(true);
    expect(crypto.constantTimeEqual(secret, Uint8Array.of(1, 2, 3, 5))).toBe(false);
    expect(crypto.constantTimeEqual(secret, Uint8Array.of(1, 2, 3))).toBe(false);
    expect(crypto.constantTimeEqual(new Uint8Array(), new Uint8Array())).toBe(true);
    const other = Buffer.alloc(3, 7);
    crypto.wipe(secret.subarray(1, 3), other, new Uint8Array());
    expect([...secret, ...other]).toEqual([1, 0, 0, 4, 0, 0, 0]);
  });
});
