// SPDX-License-Identifier: GPL-3.0-or-later

// Every decoder of identities against random and mutated input: it accepts, or throws an
// IdentityError; what it accepts encodes to the same bytes again.

import {
  Address,
  createKeys,
  formatIpv6,
  IdentityError,
  type KeyFileFormat,
  PublicKey,
  parseIpv6,
  portableEd25519,
  prefixOfIpv6,
} from "@inet256/client/identity";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

// Without curve arithmetic the decoders run a thousand times faster, and it is them that are tested.
const keys = createKeys({
  publicKeyOf: (seed) => Uint8Array.from(seed, (byte) => byte ^ 0x55),
  sign: () => new Uint8Array(64),
  verify: () => false,
});
const key = createKeys(portableEd25519).fromSeed(new Uint8Array(32).fill(3));
const fakeKey = keys.fromSeed(new Uint8Array(32).fill(3));

function accepts<Value>(decode: () => Value): Value | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof IdentityError) return undefined;
    throw error;
  }
}

/** Random bytes, and a valid input with some bytes changed, taken out, or added. */
function inputs(...valid: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edit = fc.record({
    at: fc.nat(255),
    remove: fc.nat(3),
    insert: fc.uint8Array({ maxLength: 3 }),
  });
  const mutated = fc
    .tuple(fc.constantFrom(...valid), fc.array(edit, { maxLength: 3 }))
    .map(([bytes, edits]) => {
      const out = [...bytes];
      for (const { at, remove, insert } of edits) out.splice(at % out.length, remove, ...insert);
      return Uint8Array.from(out);
    });
  return fc.oneof({ weight: 3, arbitrary: mutated }, fc.uint8Array({ maxLength: 200 }));
}

describe("decoders", () => {
  it("PublicKey.parse", () => {
    let accepted = 0;
    fc.assert(
      fc.property(inputs(key.publicKey.serialize(), key.serialize()), (input) => {
        const parsed = accepts(() => PublicKey.parse(input));
        if (parsed === undefined) return;
        accepted++;
        expect(parsed.serialize()).toEqual(input);
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it("parsePrivateKey", () => {
    let accepted = 0;
    fc.assert(
      fc.property(inputs(fakeKey.serialize(), key.publicKey.serialize()), (input) => {
        const parsed = accepts(() => keys.parsePrivateKey(input));
        if (parsed === undefined) return;
        accepted++;
        expect(parsed.serialize()).toEqual(input);
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it("decodeKeyFile", () => {
    const forms: readonly KeyFileFormat[] = ["pkcs8", "inet256", "raw"];
    const files = forms.map((form) => keys.encodeKeyFile(fakeKey, form));
    let accepted = 0;
    fc.assert(
      fc.property(inputs(...files), (input) => {
        const read = accepts(() => keys.decodeKeyFile(input));
        if (read === undefined) return;
        accepted++;
        const again = keys.decodeKeyFile(keys.encodeKeyFile(read));
        expect(again.serialize()).toEqual(read.serialize());
      }),
      { numRuns: 6_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it("decodeKeyFile, on PKCS#8 structures", () => {
    const head = Buffer.from("302e020100300506032b657004220420", "hex");
    const version1 = Buffer.concat([
      Buffer.from("3051020101300506032b657004220420", "hex"),
      new Uint8Array(32).fill(3),
      Buffer.from("812100", "hex"),
      fakeKey.publicKey.raw,
    ]);
    const structures = inputs(Buffer.concat([head, new Uint8Array(32).fill(3)]), version1);
    let accepted = 0;
    fc.assert(
      fc.property(structures, (der) => {
        const base64 = Buffer.from(der).toString("base64");
        const file = `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`;
        if (accepts(() => keys.decodeKeyFile(Buffer.from(file))) !== undefined) accepted++;
      }),
      { numRuns: 6_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it("Address.parse, Address.fromBytes, parseIpv6 and prefixOfIpv6", () => {
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.string({ unit: "binary", maxLength: 60 }),
      inputs(Buffer.from(key.address.toString()), Buffer.from("2fc:0:0:1::abcd:1.2.3.4")).map((b) =>
        Buffer.from(b).toString("latin1"),
      ),
    );
    fc.assert(
      fc.property(text, fc.uint8Array({ maxLength: 40 }), (candidate, bytes) => {
        const address = accepts(() => Address.parse(candidate));
        if (address !== undefined) expect(address.toString()).toBe(candidate);
        const ip = accepts(() => parseIpv6(candidate));
        if (ip !== undefined) expect(parseIpv6(formatIpv6(ip))).toEqual(ip);
        accepts(() => Address.fromBytes(bytes));
        accepts(() => prefixOfIpv6(bytes));
      }),
      { numRuns: 4_000 },
    );
  });
});
