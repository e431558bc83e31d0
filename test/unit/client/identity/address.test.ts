// SPDX-License-Identifier: GPL-3.0-or-later

import { inspect } from "node:util";
import {
  Address,
  checkPrefix,
  decodeText,
  encodeText,
  IdentityError,
  matchesPrefix,
} from "@inet256/client/identity";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const addressBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const TEXT = "6_2NMJa6WbG64IZo3EnxOEcISy0Xmp6kf0TwY9g5uT3";

/** The slow, obvious twin: an address as a string of 256 bits. */
const bits = (bytes: Uint8Array) =>
  Array.from(bytes, (b) => b.toString(2).padStart(8, "0")).join("");

describe("Address", () => {
  it("copies its bytes", () => {
    const bytes = Buffer.alloc(64, 7).subarray(16, 48);
    const address = Address.fromBytes(bytes);
    bytes.fill(0);
    expect([...address.bytes]).toEqual(new Array(32).fill(7));
    expect(address.bytes).not.toBeInstanceOf(Buffer);
  });

  it("shows as its text everywhere", () => {
    const address = Address.parse(TEXT);
    expect(`${address}`).toBe(TEXT);
    expect(JSON.stringify({ address })).toBe(`{"address":"${TEXT}"}`);
    expect(inspect({ address })).toBe(`{ address: Address(${TEXT}) }`);
  });

  it("names everyone and no one", () => {
    expect(Address.EVERYONE.toString()).toBe(`${"z".repeat(42)}w`);
    expect(Address.NO_ONE.toString()).toBe("-".repeat(43));
    expect([Address.BYTES, Address.TEXT_LENGTH]).toEqual([32, 43]);
  });

  it.each([31, 33, 0])("refuses %i bytes", (size) => {
    const error = expect.objectContaining({
      code: "BAD_ADDRESS",
      message: `an address has 32 bytes, got ${size} bytes`,
    });
    expect(() => Address.fromBytes(new Uint8Array(size))).toThrow(error);
    expect(() => encodeText(new Uint8Array(size))).toThrow(error);
  });

  it("refuses what is not bytes or text, as plain JavaScript may pass it", () => {
    for (const value of [undefined, null, 5, {}, [], "x".repeat(32), new Uint16Array(16)]) {
      const wrong = value as unknown as Uint8Array & string;
      expect(() => Address.fromBytes(wrong)).toThrow(IdentityError);
      expect(() => Address.parse(wrong)).toThrow(IdentityError);
      expect(() => Address.ofPublicKey(wrong)).toThrow(IdentityError);
    }
  });

  it("says where a wrong character is, without repeating the text", () => {
    const wrong = `${TEXT.slice(0, 20)}+${TEXT.slice(21)}`;
    expect(() => Address.parse(wrong)).toThrow(
      "character 21 of the address is not one of - 0-9 A-Z _ a-z",
    );
    const emoji = `${TEXT.slice(0, 42)}\u{1f600}`;
    expect(() => Address.parse(emoji)).toThrow(/^character 43 /);
  });

  it("equals and compares by its bytes", () => {
    fc.assert(
      fc.property(addressBytes, addressBytes, (first, second) => {
        const [a, b] = [Address.fromBytes(first), Address.fromBytes(second)];
        const order = Math.sign(Buffer.compare(first, second));
        expect(Math.sign(a.compare(b))).toBe(order);
        expect(a.equals(b)).toBe(order === 0);
        expect(a.equals(Address.fromBytes(first))).toBe(true);
        expect(Math.sign(a.toString() < b.toString() ? -1 : Number(`${a}` !== `${b}`))).toBe(order);
      }),
    );
  });
});

describe("the text form", () => {
  it("comes back as the same bytes", () => {
    fc.assert(
      fc.property(addressBytes, (bytes) => {
        expect(decodeText(encodeText(bytes))).toEqual(bytes);
      }),
    );
  });

  it("has one text per address: what decodes is what encodes", () => {
    const alphabet = [..."-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"];
    const text = fc.array(fc.constantFrom(...alphabet), { minLength: 43, maxLength: 43 });
    let accepted = 0;
    fc.assert(
      fc.property(text, (characters) => {
        const candidate = characters.join("");
        try {
          expect(encodeText(decodeText(candidate))).toBe(candidate);
          accepted++;
        } catch (error) {
          if (!(error instanceof IdentityError)) throw error;
        }
      }),
      { numRuns: 400 },
    );
    expect(accepted).toBeGreaterThan(10);
  });
});

describe("prefixes", () => {
  it("match as strings of bits do", () => {
    const nearby = fc.tuple(addressBytes, fc.integer({ min: 0, max: 255 })).map(([bytes, bit]) => {
      const other = new Uint8Array(bytes);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
      return [bytes, other] as const;
    });
    const pair = fc.oneof(nearby, fc.tuple(addressBytes, addressBytes));
    fc.assert(
      fc.property(pair, fc.nat(32), fc.integer({ min: 0, max: 257 }), ([a, b], size, nbits) => {
        const prefix = b.subarray(0, size);
        const expected =
          nbits <= 8 * size && bits(a).slice(0, nbits) === bits(prefix).slice(0, nbits);
        expect(matchesPrefix(a, prefix, nbits)).toBe(expected);
        expect(Address.fromBytes(a).hasPrefix(prefix, nbits)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [new Uint8Array(1), 9, "a prefix of 9 bits needs at least 2 bytes, got 1"],
    [new Uint8Array(40), 257, "nbits is a whole number from 0 to 256, got 257"],
    [new Uint8Array(40), -1, "nbits is a whole number from 0 to 256, got -1"],
    [new Uint8Array(40), 1.5, "nbits is a whole number from 0 to 256, got 1.5"],
    [new Uint8Array(40), Number.NaN, "nbits is a whole number from 0 to 256, got NaN"],
    ["text" as unknown as Uint8Array, 8, "a prefix is a Uint8Array, got a string of 4 characters"],
  ])("that make no sense are refused (%#)", (prefix, nbits, message) => {
    expect(() => checkPrefix(prefix, nbits)).toThrow(
      expect.objectContaining({ code: "BAD_PREFIX", message }),
    );
    if (typeof prefix !== "string") expect(Address.NO_ONE.hasPrefix(prefix, nbits)).toBe(false);
  });
});
