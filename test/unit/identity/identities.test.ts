// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import type { Random } from "../../../server/src/core/index.js";
import { createPortableCrypto } from "../../../server/src/crypto/index.js";
import { createIdentities, PURPOSES } from "../../../server/src/identity/index.js";

const crypto = createPortableCrypto();

/** Counts up, and keeps the buffers it filled. */
function createCounting(): Random & { readonly filled: Uint8Array[] } {
  const filled: Uint8Array[] = [];
  let next = 0;
  return {
    filled,
    fill(buffer) {
      filled.push(buffer);
      for (const i of buffer.keys()) buffer[i] = next++ & 0xff;
    },
    u32: () => next++,
  };
}

describe("createIdentities", () => {
  it("generates keys from the randomness it was given, and wipes the seed", () => {
    const random = createCounting();
    const { generate, keys } = createIdentities(crypto, random);
    const [first, second] = [generate(), generate()];
    const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
    expect(first.publicKey.equals(keys.fromSeed(seed).publicKey)).toBe(true);
    expect(first.address.equals(second.address)).toBe(false);
    expect(random.filled.map((buffer) => [...buffer])).toEqual([
      new Array(32).fill(0),
      new Array(32).fill(0),
    ]);
  });

  it("signs and verifies with the crypto it was given", () => {
    const calls: string[] = [];
    const spied = {
      ...crypto,
      ed25519: {
        ...crypto.ed25519,
        verify(...args: Parameters<typeof crypto.ed25519.verify>) {
          calls.push("verify");
          return crypto.ed25519.verify(...args);
        },
      },
    };
    const { keys, generate } = createIdentities(spied, createCounting());
    const key = generate();
    const signature = keys.signReserved(key, PURPOSES.noiseStatic, Uint8Array.of(1));
    const verify = (purpose: string) =>
      keys.verify(key.publicKey, purpose, Uint8Array.of(1), signature);
    expect(verify(PURPOSES.noiseStatic)).toBe(true);
    expect(verify("noise-static")).toBe(false);
    expect(calls).toEqual(["verify", "verify"]);
  });
});

describe("PURPOSES", () => {
  it("are reserved, and numbered", () => {
    for (const purpose of Object.values(PURPOSES)) {
      expect(purpose).toMatch(/^inet256\/mesh256\/[a-z-]+\/[0-9]+$/);
    }
  });
});
