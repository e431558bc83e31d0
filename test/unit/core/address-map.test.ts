// SPDX-License-Identifier: GPL-3.0-or-later

// The map keyed by addresses, against a Map keyed by hexadecimal text.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AddressMap,
  addressWords,
  createAddressMap,
  type Random,
  sameAddress,
} from "../../../server/src/core/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";

/** The same words every time: what an attacker would know if the hash were not keyed. */
const constant: Random = { fill: (buffer) => void buffer.fill(0), u32: () => 0 };

const hex = (key: Uint8Array): string => Buffer.from(key).toString("hex");

/** Keys that differ in few bytes: many would share a slot under a careless hash. */
const smallKey = fc
  .tuple(fc.nat(3), fc.nat(31), fc.nat(3))
  .map(([fill, at, byte]) => new Uint8Array(32).fill(fill).fill(byte, at, at + 1));
const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 });
const act = fc.record({
  do: fc.constantFrom("set", "set", "delete", "get"),
  key: fc.oneof(smallKey, smallKey, anyKey),
});

/** Sets, deletes and gets in both; returns the twin. */
function compare(map: AddressMap<number>, acts: readonly { do: string; key: Uint8Array }[]) {
  const twin = new Map<string, number>();
  for (const [i, { do: what, key }] of acts.entries()) {
    if (what === "set") {
      map.set(key, i);
      twin.set(hex(key), i);
    } else if (what === "delete") {
      expect(map.delete(key)).toBe(twin.delete(hex(key)));
    }
    expect(map.get(key, 0)).toBe(twin.get(hex(key)));
    expect(map.size()).toBe(twin.size);
  }
  return twin;
}

function expectSame(map: AddressMap<number>, twin: ReadonlyMap<string, number>): void {
  for (const [key, value] of twin) expect(map.get(Buffer.from(key, "hex"), 0)).toBe(value);
  expect([...map.values()].sort()).toEqual([...twin.values()].sort());
}

describe("createAddressMap", () => {
  it("finds what was put there, and nothing else", () => {
    const map = createAddressMap<string>(createSeededRandom(1));
    const key = createSeededRandom(2).bytes(32);
    expect(map.get(key, 0)).toBeUndefined();
    map.set(key, "here");
    expect(map.get(key, 0)).toBe("here");
    for (const i of key.keys()) {
      const other = Uint8Array.from(key);
      other[i] = (other[i] ?? 0) ^ 0x80;
      expect(map.get(other, 0)).toBeUndefined();
      expect(map.delete(other)).toBe(false);
    }
    map.set(key, "again");
    expect([map.get(key, 0), map.size()]).toEqual(["again", 1]);
    expect([map.delete(key), map.delete(key), map.size()]).toEqual([true, false, 0]);
    expect(map.get(key, 0)).toBeUndefined();
  });

  it("reads keys in the middle of a packet, at any alignment and at its very end", () => {
    const map = createAddressMap<number>(createSeededRandom(3));
    const random = createSeededRandom(4);
    const key = random.bytes(32);
    map.set(key, 7);
    for (const at of [0, 1, 2, 3, 4, 5, 31, 32, 33]) {
      const packet = random.bytes(at + 32);
      packet.set(key, at);
      expect(map.get(packet, at), `at ${at}`).toBe(7);
      // And in a view whose own bytes begin somewhere in a larger buffer.
      const view = Buffer.concat([random.bytes(5), packet]).subarray(5);
      expect(map.get(view, at), `view at ${at}`).toBe(7);
      packet[at] = (packet[at] ?? 0) ^ 1;
      expect(map.get(packet, at)).toBeUndefined();
    }
  });

  it("keeps a copy of the key, of its first 32 bytes", () => {
    const map = createAddressMap<number>(createSeededRandom(5));
    const key = createSeededRandom(6).bytes(40);
    const before = Uint8Array.from(key.subarray(0, 32));
    map.set(key, 1);
    key.fill(0);
    expect(map.get(before, 0)).toBe(1);
    expect(map.get(key, 0)).toBeUndefined();
  });

  it("keeps undefined apart from absent in its size", () => {
    const map = createAddressMap<undefined>(createSeededRandom(7));
    map.set(new Uint8Array(32), undefined);
    expect(map.size()).toBe(1);
    expect(map.delete(new Uint8Array(32))).toBe(true);
  });

  it("does what a Map does, with a keyed hash and with a known one", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 150 }), fc.nat(), (acts, seed) => {
        for (const random of [createSeededRandom(seed), constant]) {
          const map = createAddressMap<number>(random);
          expectSame(map, compare(map, acts));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("grows to thousands and shrinks to none without losing any, in any order of removal", () => {
    for (const seed of [11, 12, 13]) {
      const random = createSeededRandom(seed);
      const map = createAddressMap<number>(random);
      const acts = Array.from({ length: 5_000 }, () => ({ do: "set", key: random.bytes(32) }));
      const twin = compare(map, acts);
      expectSame(map, twin);
      // Waves of removal and return: what stands across a gap must still be found.
      while (twin.size > 0) {
        const keys = [...twin.keys()].filter(() => random.below(3) > 0 || twin.size < 20);
        for (const key of keys) {
          expect(map.delete(Buffer.from(key, "hex"))).toBe(true);
          twin.delete(key);
        }
        const back = Array.from({ length: Math.floor(keys.length / 10) }, () => random.bytes(32));
        for (const [i, key] of back.entries()) {
          map.set(key, i);
          twin.set(hex(key), i);
        }
        expect(map.size()).toBe(twin.size);
        expectSame(map, twin);
      }
    }
  });

  it("tells keys apart whose whole hash is the same, and lets each go alone", () => {
    const groups = collisions(constant);
    expect(groups.length).toBeGreaterThan(3);
    const map = createAddressMap<string>(constant);
    const all = groups.flat();
    for (const key of all) map.set(key, hex(key));
    for (const key of all) expect(map.get(key, 0)).toBe(hex(key));
    for (const [i, group] of groups.entries()) {
      const [gone, ...rest] = i % 2 === 0 ? group : [...group].reverse();
      if (gone === undefined) throw new Error("an empty group");
      expect(map.delete(gone)).toBe(true);
      expect(map.get(gone, 0)).toBeUndefined();
      for (const key of rest) expect(map.get(key, 0)).toBe(hex(key));
    }
    expect(map.size()).toBe(all.length - groups.length);
  });

  it("survives being full to its limit in the last slots, where probing wraps around", () => {
    // With few slots and random keys, some probe sequence crosses the end in nearly every run.
    for (let seed = 0; seed < 300; seed++) {
      const random = createSeededRandom(seed);
      const map = createAddressMap<number>(random);
      const keys = Array.from({ length: 8 }, () => random.bytes(32));
      for (const [i, key] of keys.entries()) map.set(key, i);
      const order = [...keys.entries()].sort(() => random.below(3) - 1);
      for (const [taken, [, key]] of order.entries()) {
        expect(map.delete(key)).toBe(true);
        for (const [i, other] of order.slice(taken + 1)) expect(map.get(other, 0)).toBe(i);
      }
      expect([...map.values()]).toEqual([]);
    }
  });
});

describe("sameAddress", () => {
  it("compares all 32 bytes, wherever they stand, and looks at a buffer anew when it changed", () => {
    const random = createSeededRandom(21);
    const address = random.bytes(32);
    const words = addressWords(Buffer.concat([random.bytes(3), address]).subarray(3));
    const packet = Buffer.concat([random.bytes(7), address, random.bytes(9)]);
    expect(sameAddress(words, packet, 7)).toBe(true);
    expect(sameAddress(words, packet, 6)).toBe(false);
    expect(sameAddress(words, packet.subarray(7), 0)).toBe(true);
    for (let i = 0; i < 32; i++) {
      packet[7 + i] = (packet[7 + i] ?? 0) ^ 0x40;
      expect(sameAddress(words, packet, 7), `byte ${i}`).toBe(false);
      packet[7 + i] = (packet[7 + i] ?? 0) ^ 0x40;
    }
    expect(sameAddress(words, packet, 7)).toBe(true);
  });
});

/** The map's own hash, written again, to make keys that collide in all its 32 bits. */
function twinHash(random: Random): (key: Uint8Array) => number {
  const [a, b, c, d] = [random.u32(), random.u32(), random.u32(), random.u32()];
  return (key) => {
    const words = new DataView(key.buffer, key.byteOffset, key.byteLength);
    let h = a;
    for (let i = 0; i < 32; i += 8) {
      h = Math.imul(h ^ words.getInt32(i, true) ^ b, 0x85ebca6b);
      h = Math.imul(h ^ (h >>> 15) ^ words.getInt32(i + 4, true) ^ c, 0xc2b2ae35);
      h ^= h >>> 13;
    }
    return (h ^ d) >>> 0;
  };
}

/** Pairs of keys with the same hash, found by birthday among many. */
function collisions(random: Random): readonly (readonly Uint8Array[])[] {
  const hash = twinHash(random);
  const draws = createSeededRandom(99);
  const seen = new Map<number, Uint8Array[]>();
  for (let i = 0; i < 250_000; i++) {
    const key = new Uint8Array(32);
    new DataView(key.buffer).setUint32(20, draws.u32());
    new DataView(key.buffer).setUint32(4, i);
    const h = hash(key);
    const group = seen.get(h);
    if (group === undefined) seen.set(h, [key]);
    else group.push(key);
  }
  return [...seen.values()].filter((group) => group.length > 1);
}
