// SPDX-License-Identifier: GPL-3.0-or-later

// The checks that every adapter shares, against the curve itself.

import {
  isAcceptableEd25519PublicKey,
  isAcceptableEd25519Signature,
  portableEd25519,
} from "@inet256/client/identity";
import { ed25519 } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const { Point } = ed25519;
const P = (1n << 255n) - 19n;
const L = Point.Fn.ORDER;

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

/** The eight points of small order: multiples of L·Q for a Q of full order. */
function smallOrderPoints() {
  for (let y = 2n; ; y++) {
    try {
      const q = Point.fromBytes(littleEndian(y));
      const generator = q.multiplyUnsafe(L - 1n).add(q);
      const points = [Point.ZERO];
      for (let i = 1; i < 8; i++) points.push((points.at(-1) ?? Point.ZERO).add(generator));
      const encodings = new Set(points.map((point) => point.toHex()));
      if (encodings.size === 8) return points;
    } catch {
      // No point has this y: on to the next.
    }
  }
}

const seed = new Uint8Array(32).fill(1);
const publicKey = portableEd25519.publicKeyOf(seed);
const signature = portableEd25519.sign(seed, publicKey, new Uint8Array(5));
const withR = (r: Uint8Array) => Uint8Array.of(...r, ...signature.subarray(32));
const withS = (s: bigint) => Uint8Array.of(...signature.subarray(0, 32), ...littleEndian(s));

describe("the checks of keys and of R", () => {
  it("refuse all eight points of small order, with either sign", () => {
    const points = smallOrderPoints();
    expect(points).toHaveLength(8);
    for (const point of points) {
      const encoding = point.toBytes();
      expect(point.isSmallOrder()).toBe(true);
      for (const sign of [0x00, 0x80]) {
        encoding[31] = ((encoding[31] ?? 0) & 0x7f) | sign;
        expect(isAcceptableEd25519PublicKey(encoding)).toBe(false);
        expect(isAcceptableEd25519Signature(withR(encoding))).toBe(false);
      }
    }
  });

  it("refuse every y from p on, with either sign", () => {
    for (let y = P; y < 1n << 255n; y++) {
      for (const sign of [0n, 1n << 255n]) {
        expect(isAcceptableEd25519PublicKey(littleEndian(y | sign))).toBe(false);
        expect(isAcceptableEd25519Signature(withR(littleEndian(y | sign)))).toBe(false);
      }
    }
    expect(isAcceptableEd25519PublicKey(littleEndian(P - 2n))).toBe(true);
    expect(isAcceptableEd25519PublicKey(littleEndian(2n))).toBe(true);
  });

  it("accept points of large order, with a torsion component or without", () => {
    const [, torsion = Point.ZERO] = smallOrderPoints();
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: L - 1n }), fc.boolean(), (scalar, mixed) => {
        const point = Point.BASE.multiply(scalar).add(mixed ? torsion : Point.ZERO);
        expect(isAcceptableEd25519PublicKey(point.toBytes())).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it("take nothing but 32 and 64 bytes", () => {
    expect(isAcceptableEd25519PublicKey(publicKey)).toBe(true);
    expect(isAcceptableEd25519Signature(signature)).toBe(true);
    for (const size of [0, 31, 33, 63, 65]) {
      const [key, sig] = [new Uint8Array(size), new Uint8Array(size)];
      key.set(publicKey.subarray(0, size));
      sig.set(signature.subarray(0, size));
      expect(isAcceptableEd25519PublicKey(key)).toBe(false);
      expect(isAcceptableEd25519Signature(sig)).toBe(false);
    }
    expect(isAcceptableEd25519PublicKey(undefined as unknown as Uint8Array)).toBe(false);
  });
});

describe("the check of S", () => {
  it("refuses L and everything above", () => {
    for (const s of [0n, 1n, L - 1n]) expect(isAcceptableEd25519Signature(withS(s))).toBe(true);
    for (const s of [L, L + 1n, 1n << 253n, (1n << 256n) - 1n]) {
      expect(isAcceptableEd25519Signature(withS(s))).toBe(false);
    }
  });
});

describe("portableEd25519.verify", () => {
  it("is false, without an error, for anything at all", () => {
    const blob = fc.oneof(
      fc.uint8Array({ maxLength: 70 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 64, maxLength: 64 }),
    );
    fc.assert(
      fc.property(blob, blob, blob, (key, message, forged) => {
        expect(portableEd25519.verify(key, message, forged)).toBe(false);
        expect(portableEd25519.verify(publicKey, message, forged)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("is false for a key that is no point of the curve", () => {
    const offCurve = littleEndian(2n);
    expect(isAcceptableEd25519PublicKey(offCurve)).toBe(true);
    expect(() => Point.fromBytes(offCurve)).toThrow();
    expect(portableEd25519.verify(offCurve, new Uint8Array(5), signature)).toBe(false);
  });
});
