// SPDX-License-Identifier: GPL-3.0-or-later

// The two adapters give the same answer to every input, random, mutated or crafted.

import { createPublicKey, verify as nodeVerify } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { native, portable } from "./adapters.js";

const sized = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const { Point } = ed25519;
const L = Point.Fn.ORDER;

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  const at = (bit >> 3) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe.each(["seal", "sealX"] as const)("%s", (seal) => {
  const open = seal === "seal" ? "open" : "openX";
  const nonceBytes = seal === "seal" ? 12 : 24;

  it("seals the same, opens the other's, and refuses the same mutations", () => {
    fc.assert(
      fc.property(
        sized(32),
        sized(nonceBytes),
        fc.uint8Array({ maxLength: 40 }),
        fc.oneof(fc.uint8Array({ maxLength: 300 }), sized(0), sized(1_400)),
        fc.nat(100_000),
        (key, nonce, ad, plaintext, bit) => {
          const [a, b] = [plaintext, plaintext].map((text) => new Uint8Array(text.length + 16));
          if (a === undefined || b === undefined) return;
          native[seal](key, nonce, ad, plaintext, a);
          portable[seal](key, nonce, ad, plaintext, b);
          expect(a).toEqual(b);
          const out = new Uint8Array(plaintext.length);
          for (const crypto of [native, portable]) {
            expect(crypto[open](key, nonce, ad, a, out.fill(1))).toBe(true);
            expect(out).toEqual(plaintext);
            expect(crypto[open](key, nonce, ad, flip(a, bit), out.fill(1))).toBe(false);
            expect(new Set(out).size).toBeLessThanOrEqual(1);
            expect(crypto[open](flip(key, bit), nonce, ad, a, out)).toBe(false);
            expect(crypto[open](key, flip(nonce, bit), ad, a, out)).toBe(false);
            expect(crypto[open](key, nonce, Uint8Array.of(...ad, 0), a, out)).toBe(false);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("opens nothing random", () => {
    const sealed = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(sized(32), sized(nonceBytes), sealed, (key, nonce, forged) => {
        const out = new Uint8Array(Math.max(0, forged.length - 16));
        for (const crypto of [native, portable]) {
          expect(crypto[open](key, nonce, new Uint8Array(), forged, out)).toBe(false);
        }
      }),
    );
  });
});

describe("X25519", () => {
  it("gives the same keys and secrets, and both sides agree", () => {
    fc.assert(
      fc.property(sized(32), sized(32), (a, b) => {
        const [publicA, publicB] = [native.x25519PublicKey(a), portable.x25519PublicKey(b)];
        expect(portable.x25519PublicKey(a)).toEqual(publicA);
        const [first, second] = [new Uint8Array(32), new Uint8Array(32)];
        expect(native.x25519(a, publicB, first)).toBe(true);
        expect(portable.x25519(b, publicA, second)).toBe(true);
        expect(first).toEqual(second);
      }),
      { numRuns: 60 },
    );
  });

  it("gives the same for any 32 bytes as a public key, with low-order ones among them", () => {
    const lowOrder = [0n, 1n, (1n << 255n) - 19n, (1n << 255n) - 18n, (1n << 255n) - 20n];
    const low = fc.constantFrom(...lowOrder).map((u) => littleEndian(u));
    let refused = 0;
    fc.assert(
      fc.property(sized(32), fc.oneof(sized(32), low), (secret, publicKey) => {
        const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
        const agreed = native.x25519(secret, publicKey, a);
        expect(portable.x25519(secret, publicKey, b)).toBe(agreed);
        expect(a).toEqual(b);
        if (!agreed) refused++;
        expect(agreed).toBe(a.some((byte) => byte !== 0));
      }),
      { numRuns: 100 },
    );
    expect(refused).toBeGreaterThan(10);
  });
});

describe("Ed25519", () => {
  const message = fc.uint8Array({ maxLength: 200 });

  it("gives the same keys and signatures, and refuses the same mutations", () => {
    fc.assert(
      fc.property(sized(32), message, fc.nat(511), fc.nat(255), (seed, text, sigBit, keyBit) => {
        const key = native.ed25519.publicKeyOf(seed);
        expect(portable.ed25519.publicKeyOf(seed)).toEqual(key);
        const signature = native.ed25519.sign(seed, key, text);
        expect(portable.ed25519.sign(seed, key, text)).toEqual(signature);
        for (const { ed25519: primitive } of [native, portable]) {
          expect(primitive.verify(key, text, signature)).toBe(true);
          expect(primitive.verify(key, text, flip(signature, sigBit))).toBe(false);
          expect(primitive.verify(flip(key, keyBit), text, signature)).toBe(false);
          expect(primitive.verify(key, Uint8Array.of(...text, 1), signature)).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("gives the same verdict on crafted keys and R with torsion components, as openssl does", () => {
    const scalar = sized(32).map((bytes) => 1n + (fromLittleEndian(bytes) % (L - 1n)));
    const torsion = torsionPoints();
    const verdicts = { true: 0, false: 0 };
    fc.assert(
      fc.property(scalar, scalar, message, fc.nat(7), fc.nat(7), (a, r, text, i, j) => {
        const key = Point.BASE.multiply(a)
          .add(torsion[i] ?? Point.ZERO)
          .toBytes();
        const encodedR = Point.BASE.multiply(r)
          .add(torsion[j] ?? Point.ZERO)
          .toBytes();
        const hash = sha512(Uint8Array.of(...encodedR, ...key, ...text));
        const k = fromLittleEndian(hash) % L;
        const signature = Uint8Array.of(...encodedR, ...littleEndian((r + k * a) % L));
        // S·B − k·A = r·B − k·i·T, which is R = r·B + j·T when k·i + j is a multiple of 8.
        const valid = (k * BigInt(i) + BigInt(j)) % 8n === 0n;
        verdicts[`${valid}`]++;
        expect(native.ed25519.verify(key, text, signature)).toBe(valid);
        expect(portable.ed25519.verify(key, text, signature)).toBe(valid);
        expect(opensslVerify(key, text, signature)).toBe(valid);
      }),
      { numRuns: 200 },
    );
    expect(verdicts.true).toBeGreaterThan(5);
    expect(verdicts.false).toBeGreaterThan(50);
  });

  it("gives the same verdict on anything", () => {
    const blob = fc.oneof(sized(32), sized(64), fc.uint8Array({ maxLength: 70 }));
    fc.assert(
      fc.property(blob, message, blob, (key, text, signature) => {
        expect(native.ed25519.verify(key, text, signature)).toBe(false);
        expect(portable.ed25519.verify(key, text, signature)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe("hashes", () => {
  it("are the same, however the input is cut", () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 });
    fc.assert(
      fc.property(
        parts,
        fc.uint8Array({ maxLength: 100 }),
        fc.integer({ min: 1, max: 300 }),
        check,
      ),
    );
    function check(cut: Uint8Array[], key: Uint8Array, size: number) {
      const whole = Buffer.concat(cut);
      for (const hash of ["sha256", "hmacSha256", "shake256"] as const) {
        const results = [native, portable].flatMap((crypto) =>
          [cut, [whole]].map((input) => {
            const out = new Uint8Array(hash === "shake256" ? size : 32);
            if (hash === "hmacSha256") crypto.hmacSha256(key, out, ...input);
            else crypto[hash](out, ...input);
            return Buffer.from(out).toString("hex");
          }),
        );
        expect(new Set(results).size).toBe(1);
      }
    }
  });
});

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** 0·T to 7·T of a point T of order 8. */
function torsionPoints() {
  const y = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
  const generator = Point.fromBytes(littleEndian(y));
  const points = [Point.ZERO];
  for (let i = 1; i < 8; i++) points.push((points.at(-1) ?? Point.ZERO).add(generator));
  expect(new Set(points.map((point) => point.toHex())).size).toBe(8);
  return points;
}

function opensslVerify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const head = Buffer.from("302a300506032b6570032100", "hex");
  const der = Buffer.concat([head, key]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  return nodeVerify(null, message, publicKey, signature);
}
