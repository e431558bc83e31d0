// SPDX-License-Identifier: GPL-3.0-or-later

// Finding an identity by the first bits of its address: here first, then wherever the network looks.

import { describe, expect, it } from "vitest";
import type { Found } from "../../../server/src/network/index.js";
import { addressOf, createHouse, foundBy, keyOf, OWN } from "./local-nodes.js";

const textOf = (found: Found | undefined): string | undefined => found?.address.toString();

/** Another address, that differs in its last bit only. */
function neighbourOf(number: number): Uint8Array {
  const bytes = Uint8Array.from(addressOf(number).bytes);
  bytes[31] = (bytes[31] ?? 0) ^ 1;
  return bytes;
}

/** What a network would find. */
function foundOf(number: number): Found {
  return { address: addressOf(number), publicKey: keyOf(number).publicKey.serialize() };
}

describe("find, among the nodes here", () => {
  it("finds the first address in byte order that matches, the daemon's own among them", () => {
    const { nodes, open } = createHouse();
    for (let i = 1; i <= 40; i++) open(i);
    const all = Array.from({ length: 41 }, (_, i) => addressOf(i)).sort((a, b) => a.compare(b));
    expect(textOf(foundBy(nodes, new Uint8Array(32), 0))).toBe(all[0]?.toString());
    for (const wanted of all) {
      for (const nbits of [1, 2, 3, 4, 5, 7, 8, 9, 16, 255, 256]) {
        const first = all.find((address) => address.hasPrefix(wanted.bytes, nbits));
        expect(textOf(foundBy(nodes, wanted.bytes, nbits))).toBe(first?.toString());
      }
    }
    for (const number of [OWN, 7]) {
      expect(foundBy(nodes, neighbourOf(number), 256)).toBeUndefined();
      expect(textOf(foundBy(nodes, neighbourOf(number), 255))).toBe(addressOf(number).toString());
    }
  });

  it("tells the public key too, of nodes and of the daemon, and asks nobody else", () => {
    const { nodes, open, remote } = createHouse();
    remote.found = foundOf(9);
    open(1);
    for (const number of [OWN, 1]) {
      const { bytes } = addressOf(number);
      for (const nbits of [256, 255, 100]) {
        expect(foundBy(nodes, bytes, nbits)).toEqual(foundOf(number));
      }
      // More bits than asked for are ignored.
      expect(foundBy(nodes, Buffer.concat([bytes, bytes]))).toEqual(foundOf(number));
    }
    expect(remote.asked).toEqual([]);
  });

  it("does not find what is not open any more", () => {
    const { nodes, open } = createHouse();
    const { bytes } = addressOf(1);
    const opening = open(1);
    expect(foundBy(nodes, bytes)).toBeDefined();
    opening.close();
    for (const nbits of [256, 255]) expect(foundBy(nodes, bytes, nbits)).toBeUndefined();
    expect(textOf(foundBy(nodes, addressOf(OWN).bytes))).toBe(addressOf(OWN).toString());
  });
});

describe("find, beyond", () => {
  it("asks the network with the same question when nobody here matches", () => {
    const { nodes, open, remote, clock } = createHouse();
    open(1);
    remote.found = foundOf(9);
    clock.advance(234);
    const { bytes } = addressOf(9);
    expect(foundBy(nodes, bytes, 256)).toEqual(foundOf(9));
    expect(foundBy(nodes, bytes, 200)).toEqual(foundOf(9));
    const prefix = Buffer.from(bytes).toString("hex");
    expect(remote.asked).toEqual([
      { prefix, nbits: 256, nowMs: 1_234 },
      { prefix, nbits: 200, nowMs: 1_234 },
    ]);
  });

  it("tells an answer that comes later, once, also when it is that there is none", () => {
    const { nodes, remote } = createHouse();
    for (const answer of [foundOf(9), undefined]) {
      remote.found = "later";
      const heard: (Found | undefined)[] = [];
      nodes.find(addressOf(9).bytes, 256, (found) => heard.push(found));
      expect([heard.length, remote.searches]).toEqual([0, 1]);
      remote.answer(answer);
      remote.answer(answer);
      expect(heard).toEqual([answer]);
    }
  });

  it("is ended by calling what it returned, there too", () => {
    const { nodes, remote } = createHouse();
    remote.found = "later";
    let heard = 0;
    const end = nodes.find(addressOf(9).bytes, 256, () => {
      heard += 1;
    });
    end();
    expect(remote.searches).toBe(0);
    remote.answer(foundOf(9));
    expect(heard).toBe(0);
    // Ending a search that was answered at once does nothing.
    expect(nodes.find(addressOf(OWN).bytes, 256, () => {})()).toBeUndefined();
  });
});
