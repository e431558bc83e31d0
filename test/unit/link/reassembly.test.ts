// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createIntervals } from "../../../server/src/link/intervals.js";
import { createReassembly } from "../../../server/src/link/reassembly.js";
import { createSeededRandom } from "../../support/seeded-random.js";

/** The fragment of `packet` from `offset` on. */
function part(id: number, packet: Uint8Array, offset: number, length: number, total?: number) {
  return { id, offset, total: total ?? packet.length, at: offset, length };
}

describe("intervals", () => {
  it("agree with a naive twin that marks every byte", () => {
    const random = createSeededRandom(3);
    for (let round = 0; round < 60; round++) {
      const intervals = createIntervals(200);
      const marked = new Uint8Array(64);
      for (let step = 0; step < 60; step++) {
        const start = random.below(60);
        const end = Math.min(64, start + 1 + random.below(6));
        const there = marked.subarray(start, end).reduce((sum, byte) => sum + byte, 0);
        const expected = there === 0 ? "new" : there === end - start ? "known" : "overlap";
        expect(intervals.add(start, end)).toBe(expected);
        if (expected === "new") marked.fill(1, start, end);
        expect(intervals.bytes()).toBe(marked.reduce((sum, byte) => sum + byte, 0));
      }
    }
  });

  it("refuse more gaps than there is room for", () => {
    const intervals = createIntervals(3);
    for (const start of [0, 10, 20]) expect(intervals.add(start, start + 1)).toBe("new");
    expect(intervals.add(30, 31)).toBe("full");
    expect(intervals.add(1, 10)).toBe("new");
    expect(intervals.add(30, 31)).toBe("new");
  });
});

describe("reassembly", () => {
  it("gives each packet once, whatever the order, with others in between", () => {
    const random = createSeededRandom(4);
    const reassembly = createReassembly();
    const packets = Array.from({ length: 40 }, () => random.bytes(1_000 + random.below(68_000)));
    const parts = packets.flatMap((packet, id) => {
      const list = [];
      const size = 1_100 + random.below(100);
      for (let at = 0; at < packet.length; at += size) {
        list.push({ id, at, length: Math.min(size, packet.length - at), key: random.u32() });
      }
      return list;
    });
    parts.sort((a, b) => a.key - b.key);
    const done = new Map<number, Uint8Array>();
    for (const { id, at, length } of parts) {
      const packet = packets[id] ?? new Uint8Array();
      // Each comes twice.
      for (let i = 0; i < 2 && !done.has(id); i++) {
        if (!reassembly.add(part(id, packet, at, length), packet, 5)) continue;
        done.set(id, reassembly.packet().slice(0, reassembly.packetBytes()));
      }
    }
    expect(done.size).toBe(packets.length);
    for (const [id, packet] of done) expect(Buffer.compare(packet, packets[id] ?? packet)).toBe(0);
    expect(reassembly.size()).toBe(0);
    expect(reassembly.bytes()).toBe(0);
    expect(reassembly.counters).toEqual({ expired: 0, evicted: 0, inconsistent: 0 });
  });

  it("drops a packet whose fragments contradict each other", () => {
    const reassembly = createReassembly();
    const packet = new Uint8Array(3_000);
    expect(reassembly.add(part(1, packet, 0, 1_000), packet, 0)).toBe(false);
    expect(reassembly.add(part(1, packet, 500, 1_000), packet, 0)).toBe(false);
    expect(reassembly.counters.inconsistent).toBe(1);
    expect(reassembly.size()).toBe(0);
    reassembly.add(part(2, packet, 0, 1_000), packet, 0);
    reassembly.add(part(2, packet, 1_000, 1_000, 2_500), packet, 0);
    expect(reassembly.counters.inconsistent).toBe(2);
    expect(reassembly.size()).toBe(0);
  });

  it("holds 64 packets and 4 MiB at most, and forgets the oldest first", () => {
    const reassembly = createReassembly();
    const packet = new Uint8Array(69_632);
    for (let id = 0; id < 1_000; id++) {
      reassembly.add(part(id, packet, 0, 1), packet, id);
      expect(reassembly.size()).toBeLessThanOrEqual(64);
      expect(reassembly.bytes()).toBeLessThanOrEqual(4 * 1024 * 1024 + 69_632);
    }
    expect(reassembly.counters.evicted).toBe(1_000 - reassembly.size());
    expect(reassembly.add(part(999, packet, 1, 69_631), packet, 1_000)).toBe(true);
    expect(reassembly.add(part(0, packet, 1, 69_631), packet, 1_000)).toBe(false);
  });

  it("holds 64 packets at most, however short they are", () => {
    const reassembly = createReassembly();
    const packet = new Uint8Array(2);
    for (let id = 0; id < 1_000; id++) reassembly.add(part(id, packet, 0, 1), packet, id);
    expect(reassembly.size()).toBe(64);
    expect(reassembly.counters.evicted).toBe(936);
  });

  it("gives up what takes more than two seconds", () => {
    const reassembly = createReassembly();
    const packet = new Uint8Array(2_000);
    reassembly.add(part(1, packet, 0, 1_000), packet, 100);
    reassembly.add(part(2, packet, 0, 1_000), packet, 900);
    expect(reassembly.expire(2_099)).toBe(2_100);
    expect(reassembly.expire(2_100)).toBe(2_900);
    expect(reassembly.size()).toBe(1);
    expect(reassembly.add(part(1, packet, 1_000, 1_000), packet, 2_200)).toBe(false);
    expect(reassembly.add(part(2, packet, 1_000, 1_000), packet, 2_200)).toBe(true);
    expect(reassembly.counters.expired).toBe(1);
  });
});
