// SPDX-License-Identifier: GPL-3.0-or-later

// What holds a secret shows it nowhere, and nothing of it is left after wipe().

import { format, inspect } from "node:util";
import { serialize } from "node:v8";
import {
  constantTimeEqual,
  createKeys,
  IdentityError,
  PrivateKey,
  portableEd25519,
  Secret,
  wipe,
} from "@inet256/client/identity";
import { describe, expect, it } from "vitest";
import { expectNothingOf } from "./leaks.js";

const keys = createKeys(portableEd25519);
const BYTES = Uint8Array.from({ length: 32 }, (_, i) => 0x61 + ((i * 7) % 26));

const holders: readonly (readonly [string, () => PrivateKey | Secret])[] = [
  ["PrivateKey", () => keys.fromSeed(BYTES)],
  ["Secret", () => new Secret(BYTES)],
];

describe.each(holders)("%s", (_, create) => {
  it("shows as [secret] wherever it is printed", () => {
    const secret = create();
    expect(`${secret}`).toBe("[secret]");
    expect(String(secret)).toBe("[secret]");
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
    expect(inspect({ secret })).toBe("{ secret: [secret] }");
    expect(format("%s %o %O %j", secret, secret, secret, secret)).not.toMatch(/97, 104/);
  });

  it("has no property that holds the bytes, whatever looks", () => {
    const secret = create();
    const everything = inspect(secret, { customInspect: false, showHidden: true, depth: 9 });
    expectNothingOf(BYTES, everything);
    expectNothingOf(BYTES, JSON.stringify({ ...secret }));
    expectNothingOf(BYTES, Buffer.from(serialize({ ...secret })).toString("latin1"));
    const names = [...Object.getOwnPropertyNames(secret), ...Object.getOwnPropertySymbols(secret)];
    expect(names.filter((name) => name !== "publicKey")).toEqual([]);
  });
});

describe("the search for leaks", () => {
  it("finds the bytes in every form it looks for", () => {
    const forms = [
      inspect(BYTES),
      JSON.stringify(BYTES),
      inspect(Buffer.from(BYTES)),
      Buffer.from(BYTES).toString("hex").toUpperCase(),
      Buffer.from(BYTES).toString("base64"),
      `-----BEGIN-----${Buffer.from(BYTES).toString("latin1")}`,
    ];
    for (const form of forms) expect(() => expectNothingOf(BYTES, form), form).toThrow();
  });
});

describe("Secret", () => {
  it("holds a copy, and gives its own bytes", () => {
    const bytes = new Uint8Array(BYTES);
    const secret = new Secret(bytes);
    bytes.fill(0);
    expect(secret.expose()).toEqual(BYTES);
    expect(secret.expose()).toBe(secret.expose());
    expect(secret.expose().buffer.byteLength).toBe(BYTES.length);
  });

  it("is zeroed and refuses after wipe, which may come twice", () => {
    const secret = new Secret(BYTES);
    const exposed = secret.expose();
    secret.wipe();
    secret.wipe();
    expect(exposed).toEqual(new Uint8Array(32));
    expect(() => secret.expose()).toThrow(expect.objectContaining({ code: "BAD_KEY" }));
    expect(`${secret}`).toBe("[secret]");
  });

  it("takes nothing but bytes, and does not repeat what it was given", () => {
    const attempt = () => new Secret("hunter2 hunter2" as unknown as Uint8Array);
    expect(attempt).toThrow("a secret is a Uint8Array, got a string of 15 characters");
  });
});

describe("PrivateKey", () => {
  it("copies the seed and the serialized key", () => {
    const seed = new Uint8Array(BYTES);
    const key = keys.fromSeed(seed);
    const serialized = key.serialize();
    const again = keys.parsePrivateKey(serialized);
    seed.fill(0);
    serialized.fill(0);
    expect(key.serialize()).toEqual(again.serialize());
    expect(key.serialize().subarray(17, 49)).toEqual(BYTES);
    expect(key.serialize()).not.toBe(key.serialize());
  });

  it("refuses everything secret after wipe, which may come twice", () => {
    const key = keys.fromSeed(BYTES);
    const address = key.address;
    key.wipe();
    key.wipe();
    const wiped = expect.objectContaining({
      code: "BAD_KEY",
      message: "the private key was wiped",
    });
    expect(() => key.serialize()).toThrow(wiped);
    expect(() => keys.sign(key, "test", BYTES)).toThrow(wiped);
    expect(() => keys.signReserved(key, "inet256/test", BYTES)).toThrow(wiped);
    for (const form of ["pkcs8", "inet256", "raw"] as const) {
      expect(() => keys.encodeKeyFile(key, form)).toThrow(wiped);
    }
    expect(key.address).toBe(address);
    expect(key.publicKey.address.equals(address)).toBe(true);
    expect(`${key}`).toBe("[secret]");
  });

  it("zeroes the very bytes it signs with", () => {
    const seen: Uint8Array[] = [];
    const spying = createKeys({
      ...portableEd25519,
      sign(seed, publicKey, message) {
        seen.push(seed);
        return portableEd25519.sign(seed, publicKey, message);
      },
    });
    const key = spying.fromSeed(BYTES);
    spying.sign(key, "test", new Uint8Array());
    const [seed] = seen;
    expect(seed).toEqual(BYTES);
    expect(seed?.buffer.byteLength).toBe(32);
    key.wipe();
    expect(seed).toEqual(new Uint8Array(32));
  });

  it("cannot be imitated or made outside of Keys", () => {
    const imitation = Object.create(PrivateKey.prototype) as PrivateKey;
    const lookalikes = [imitation, { publicKey: 1 }, null, undefined, "key"] as PrivateKey[];
    for (const wrong of lookalikes) {
      expect(() => keys.sign(wrong, "test", BYTES)).toThrow(IdentityError);
      expect(() => keys.encodeKeyFile(wrong)).toThrow(IdentityError);
    }
  });
});

describe("wipe and constantTimeEqual", () => {
  it("wipe zeroes every buffer, and only what a view shows", () => {
    const [a, b] = [new Uint8Array(3).fill(1), new Uint8Array(8).fill(2)];
    wipe(a, b.subarray(2, 4));
    expect([...a]).toEqual([0, 0, 0]);
    expect([...b]).toEqual([2, 2, 0, 0, 2, 2, 2, 2]);
  });

  it("constantTimeEqual compares every byte", () => {
    expect(constantTimeEqual(BYTES, new Uint8Array(BYTES))).toBe(true);
    expect(constantTimeEqual(new Uint8Array(), new Uint8Array())).toBe(true);
    expect(constantTimeEqual(BYTES, BYTES.subarray(1))).toBe(false);
    for (const i of BYTES.keys()) {
      const other = new Uint8Array(BYTES);
      other[i] = (other[i] ?? 0) ^ 0x80;
      expect(constantTimeEqual(BYTES, other)).toBe(false);
    }
  });
});
