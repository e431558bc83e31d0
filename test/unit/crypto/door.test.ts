// SPDX-License-Identifier: GPL-3.0-or-later

// Both adapters refuse the same mistakes, with the argument's name, what was expected, what came.

import { describe, expect, it } from "vitest";
import type { Crypto } from "../../../server/src/crypto/index.js";
import { ADAPTERS } from "./adapters.js";

const b = (size: number) => new Uint8Array(size);
const none = undefined as unknown as Uint8Array;
const text = "secret text" as unknown as Uint8Array;

type Mistake = readonly [call: (crypto: Crypto) => unknown, message: string];

const SIZES: readonly Mistake[] = [
  [(c) => c.x25519PublicKey(b(31)), "secret: expected 32 bytes, got 31"],
  [(c) => c.x25519(b(33), b(32), b(32)), "secret: expected 32 bytes, got 33"],
  [(c) => c.x25519(b(32), b(0), b(32)), "publicKey: expected 32 bytes, got 0"],
  [(c) => c.x25519(b(32), b(32), b(16)), "out: expected 32 bytes, got 16"],
  [(c) => c.seal(b(16), b(12), b(0), b(5), b(21)), "key: expected 32 bytes, got 16"],
  [(c) => c.seal(b(32), b(24), b(0), b(5), b(21)), "nonce: expected 12 bytes, got 24"],
  [(c) => c.seal(b(32), b(12), b(0), b(5), b(5)), "out: expected 21 bytes, got 5"],
  [(c) => c.open(b(32), b(8), b(0), b(21), b(5)), "nonce: expected 12 bytes, got 8"],
  [(c) => c.open(b(32), b(12), b(0), b(21), b(21)), "out: expected 5 bytes, got 21"],
  [(c) => c.sealX(b(32), b(12), b(0), b(5), b(21)), "nonce: expected 24 bytes, got 12"],
  [(c) => c.openX(b(32), b(12), b(0), b(21), b(5)), "nonce: expected 24 bytes, got 12"],
  [(c) => c.sha256(b(31)), "out: expected 32 bytes, got 31"],
  [(c) => c.hmacSha256(b(0), b(64)), "out: expected 32 bytes, got 64"],
  [(c) => c.shake256(b(0)), "out: expected at least 1 byte, got 0"],
  [(c) => c.hkdfSha256(b(31), b(0), [b(32), b(32)]), "chainingKey: expected 32 bytes, got 31"],
  [(c) => c.hkdfSha256(b(32), b(0), [b(32), b(3)]), "outputs: expected 32 bytes, got 3"],
  [(c) => c.ed25519.publicKeyOf(b(64)), "seed: expected 32 bytes, got 64"],
  [(c) => c.ed25519.sign(b(64), b(32), b(1)), "seed: expected 32 bytes, got 64"],
  [(c) => c.ed25519.sign(b(32), b(33), b(1)), "publicKey: expected 32 bytes, got 33"],
];

const TYPES: readonly Mistake[] = [
  [(c) => c.x25519PublicKey(text), "secret: expected a Uint8Array, got string"],
  [(c) => c.seal(none, b(12), b(0), b(5), b(21)), "key: expected a Uint8Array, got undefined"],
  [(c) => c.seal(b(32), b(12), none, b(5), b(21)), "additionalData: expected a Uint8Array, got"],
  [(c) => c.seal(b(32), b(12), b(0), text, b(21)), "plaintext: expected a Uint8Array, got string"],
  [(c) => c.open(b(32), b(12), b(0), none, b(5)), "sealed: expected a Uint8Array, got undefined"],
  [(c) => c.open(b(32), b(12), b(0), b(3), none), "out: expected a Uint8Array, got undefined"],
  [(c) => c.sha256(b(32), b(1), text), "parts: expected a Uint8Array, got string"],
  [(c) => c.hmacSha256(text, b(32)), "key: expected a Uint8Array, got string"],
  [(c) => c.constantTimeEqual(b(1), text), "b: expected a Uint8Array, got string"],
  [(c) => c.wipe(null as unknown as Uint8Array), "parts: expected a Uint8Array, got null"],
  [(c) => c.ed25519.sign(b(32), b(32), text), "message: expected a Uint8Array, got string"],
  [(c) => c.ed25519.verify(b(32), text, b(64)), "message: expected a Uint8Array, got string"],
];

describe.each(ADAPTERS)("%s", (_, crypto) => {
  it.each(SIZES)("sizes (%#)", (call, message) => {
    expect(() => call(crypto)).toThrow(RangeError);
    expect(() => call(crypto)).toThrow(new RegExp(`^${message}$`));
  });

  it.each(TYPES)("types (%#)", (call, message) => {
    expect(() => call(crypto)).toThrow(TypeError);
    expect(() => call(crypto)).toThrow(message);
  });

  it("opens nothing too short to be sealed, whatever out is", () => {
    for (const size of [0, 1, 15]) {
      expect(crypto.open(b(32), b(12), b(0), b(size), b(0))).toBe(false);
      expect(crypto.openX(b(32), b(24), b(0), b(size), b(7))).toBe(false);
    }
  });

  it("refuses an output that overlaps its input elsewhere than at its beginning", () => {
    const buffer = b(100);
    const overlap = /^out: may begin where the input does, or apart from it, got an overlap$/;
    const sealInto = (from: number, to: number) =>
      crypto.seal(
        b(32),
        b(12),
        b(0),
        buffer.subarray(from, from + 20),
        buffer.subarray(to, to + 36),
      );
    const openInto = (from: number, to: number) =>
      crypto.open(
        b(32),
        b(12),
        b(0),
        buffer.subarray(from, from + 36),
        buffer.subarray(to, to + 20),
      );
    for (const [from, to] of [
      [10, 11],
      [10, 29],
      [46, 11],
      [11, 10],
    ] as const) {
      expect(() => sealInto(from, to)).toThrow(overlap);
    }
    for (const [from, to] of [
      [10, 26],
      [10, 45],
      [29, 10],
    ] as const) {
      expect(() => openInto(from, to)).toThrow(overlap);
    }
    for (const [from, to] of [
      [10, 10],
      [10, 30],
      [46, 10],
    ] as const) {
      expect(() => sealInto(from, to)).not.toThrow();
    }
  });

  it("leaves no plaintext behind when it refuses", () => {
    const [key, nonce, ad] = [b(32), b(12), b(0)];
    const sealed = b(116);
    crypto.seal(key, nonce, ad, new Uint8Array(100).fill(0x5a), sealed);
    sealed[115] = (sealed[115] ?? 0) ^ 1;
    const apart = b(100);
    expect(crypto.open(key, nonce, ad, sealed, apart)).toBe(false);
    expect([...apart]).toEqual(new Array(100).fill(0));
    expect(crypto.open(key, nonce, ad, sealed, sealed.subarray(0, 100))).toBe(false);
    expect(sealed.filter((byte) => byte === 0x5a).length).toBeLessThan(10);
  });
});
