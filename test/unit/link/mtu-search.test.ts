// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createMtuSearch, type MtuSearch } from "../../../server/src/link/mtu-search.js";

/** Probes until there is nothing to probe; gives the sizes that were tried. */
function search(mtu: MtuSearch, carries: (bytes: number, attempt: number) => boolean, nowMs = 0) {
  const tried: number[] = [];
  for (let bytes = mtu.probe(nowMs); bytes > 0; bytes = mtu.probe(nowMs)) {
    tried.push(bytes);
    if (carries(bytes, tried.length)) mtu.probeArrived(bytes, nowMs);
    else mtu.probeLost(bytes, nowMs);
    if (tried.length > 500) throw new Error("the search does not end");
  }
  return tried;
}

describe("the path MTU", () => {
  it("is found to 16 bytes, whatever it is", () => {
    for (let path = 1_200; path <= 65_507; path += 61) {
      const mtu = createMtuSearch(1_200, 65_507, true);
      search(mtu, (bytes) => bytes <= path);
      expect(mtu.bytes()).toBeLessThanOrEqual(path);
      expect(mtu.bytes()).toBeGreaterThanOrEqual(path - 16);
    }
  });

  it("is exact on the usual paths, after a few probes", () => {
    for (const [path, most] of [
      [1_472, 60],
      [1_452, 20],
      [8_972, 60],
      [65_507, 8],
    ] as const) {
      const mtu = createMtuSearch(1_200, 65_507, true);
      expect(search(mtu, (bytes) => bytes <= path).length).toBeLessThanOrEqual(most);
      expect(mtu.bytes()).toBe(path);
    }
  });

  it("survives two lost probes of a size", () => {
    const mtu = createMtuSearch(1_200, 1_472, true);
    search(mtu, (bytes, attempt) => bytes <= 1_472 && attempt % 3 === 0);
    expect(mtu.bytes()).toBe(1_472);
  });

  it("is not looked for where datagrams may be fragmented on the way", () => {
    const mtu = createMtuSearch(1_200, 65_507, false);
    expect(mtu.probe(0)).toBe(0);
    expect(mtu.bytes()).toBe(1_200);
  });

  it("is looked for again after ten minutes", () => {
    const mtu = createMtuSearch(1_200, 9_000, true);
    search(mtu, (bytes) => bytes <= 1_472, 5);
    expect(mtu.probe(599_000)).toBe(0);
    search(mtu, (bytes) => bytes <= 9_000, 600_005);
    expect(mtu.bytes()).toBe(9_000);
  });

  it("falls back when large datagrams vanish and small ones arrive, and not otherwise", () => {
    const mtu = createMtuSearch(1_200, 1_472, true);
    search(mtu, () => true);
    for (let i = 0; i < 20; i++) mtu.lost(1_472);
    expect(mtu.bytes()).toBe(1_472);
    mtu.arrived(1_472);
    for (let i = 0; i < 5; i++) mtu.lost(1_472);
    mtu.arrived(100);
    expect(mtu.bytes()).toBe(1_472);
    mtu.lost(1_472);
    expect(mtu.bytes()).toBe(1_200);
    search(mtu, (bytes) => bytes <= 1_400);
    expect(mtu.bytes()).toBe(1_400);
  });

  it("stays below what the peer takes", () => {
    const mtu = createMtuSearch(1_200, 65_507, true);
    mtu.setLargest(16_000);
    search(mtu, () => true);
    expect(mtu.bytes()).toBe(16_000);
    mtu.setLargest(100);
    expect(mtu.bytes()).toBe(1_200);
    mtu.setLargest(1_000_000);
    search(mtu, () => true);
    expect(mtu.bytes()).toBe(65_507);
  });
});
