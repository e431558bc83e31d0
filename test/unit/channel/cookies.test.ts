// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createCookies } from "../../../server/src/channel/cookies.js";
import { writeMac2 } from "../../../server/src/channel/wire/message1.js";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";

const crypto = selectCrypto();
const of = (length: number, value: number) => new Uint8Array(length).fill(value);
const SOURCE = of(6, 1);
const RESPONDER = of(32, 2);
const cookiesOf = (seed = 1, layer = 1) => createCookies(crypto, createSeededRandom(seed), layer);
function shown(cookie: Uint8Array): Uint8Array {
  const message1 = of(1_200, 5);
  writeMac2(crypto, cookie, message1);
  return message1;
}

describe("cookies", () => {
  it("are HMAC(S, layer ‖ source ‖ responder address), cut to 16 bytes", () => {
    const random = createSeededRandom(7);
    const secret = createSeededRandom(7).bytes(32);
    const expected = new Uint8Array(32);
    crypto.hmacSha256(secret, expected, Uint8Array.of(2), SOURCE, RESPONDER);
    const cookie = createCookies(crypto, random, 2).make(SOURCE, RESPONDER, 0);
    expect([...cookie]).toEqual([...expected.subarray(0, 16)]);
  });

  it("prove a source, for one address of ours, in one layer, to who made them", () => {
    const cookies = cookiesOf();
    const message1 = shown(cookies.make(SOURCE, RESPONDER, 0));
    expect(cookies.proves(message1, SOURCE, RESPONDER, 0)).toBe(true);
    expect(cookies.proves(message1, of(6, 9), RESPONDER, 0)).toBe(false);
    expect(cookies.proves(message1, SOURCE, of(32, 9), 0)).toBe(false);
    expect(cookiesOf(1, 2).proves(message1, SOURCE, RESPONDER, 0)).toBe(false);
    expect(cookiesOf(2).proves(message1, SOURCE, RESPONDER, 0)).toBe(false);
    expect(cookies.proves(message1.fill(6, 40, 41), SOURCE, RESPONDER, 0)).toBe(false);
  });

  it("are accepted with the secret before, and not with the one before that", () => {
    for (const madeMs of [0, 50_000, 119_999]) {
      const cookies = cookiesOf();
      cookies.make(SOURCE, RESPONDER, 0);
      const message1 = shown(cookies.make(SOURCE, RESPONDER, madeMs));
      expect(cookies.proves(message1, SOURCE, RESPONDER, 119_999)).toBe(true);
      expect(cookies.make(SOURCE, RESPONDER, 119_999)).not.toEqual(
        cookies.make(SOURCE, RESPONDER, 120_000),
      );
      expect(cookies.proves(message1, SOURCE, RESPONDER, 120_000)).toBe(true);
      expect(cookies.proves(message1, SOURCE, RESPONDER, 239_999)).toBe(true);
      expect(cookies.proves(message1, SOURCE, RESPONDER, 240_000)).toBe(false);
    }
  });

  it("are not accepted for longer because nobody came in between", () => {
    const cookies = cookiesOf();
    const message1 = shown(cookies.make(SOURCE, RESPONDER, 0));
    expect(cookies.proves(message1, SOURCE, RESPONDER, 239_000)).toBe(true);
    expect(cookies.proves(message1, SOURCE, RESPONDER, 241_000)).toBe(false);
    const later = cookiesOf();
    const old = shown(later.make(SOURCE, RESPONDER, 0));
    expect(later.proves(old, SOURCE, RESPONDER, 1_000_000)).toBe(false);
    expect(later.proves(shown(of(16, 0)), SOURCE, RESPONDER, 1_000_000)).toBe(false);
  });
});
