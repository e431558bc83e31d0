// SPDX-License-Identifier: GPL-3.0-or-later

// What rings leave behind is used again, and is bounded.

import { describe, expect, it } from "vitest";
import { createBudget, createDatagramRing } from "../../../server/src/core/index.js";
import { giveRingMemory, takeRingMemory } from "../../../server/src/core/ring-memory.js";

const KIBIBYTE = 1024;

describe("ring-memory", () => {
  it("serves the next ring with what one was emptied of", () => {
    const seen = Array.from({ length: 3 }, () => {
      const ring = createDatagramRing(1_000_000, createBudget(1_000_000));
      ring.push(new Uint8Array(32), 0, new Uint8Array(60_000), 0, 60_000);
      let memory: ArrayBufferLike | undefined;
      ring.drain((_addresses, _at, buffer) => {
        memory = buffer.buffer;
        return true;
      });
      return memory;
    });
    expect(seen[0]?.byteLength).toBe(64 * KIBIBYTE);
    expect(new Set(seen).size).toBe(1);
  });

  it.each([
    [KIBIBYTE, 1_024],
    [256 * KIBIBYTE, 4],
    [1_024 * KIBIBYTE, 1],
    [2_048 * KIBIBYTE, 0],
    [1_000, 0],
  ])("keeps of pieces of %i bytes at most %i", (bytes, most) => {
    const given = new Set<Uint8Array>(
      Array.from({ length: most + 10 }, () => new Uint8Array(bytes)),
    );
    for (const each of given) giveRingMemory(each);
    const taken = Array.from({ length: most + 10 }, () => takeRingMemory(bytes));
    expect(taken.filter((each) => given.has(each)).length).toBeLessThanOrEqual(most);
    expect(taken.slice(0, most).every((each) => each.length === bytes)).toBe(true);
    expect(new Set(taken).size).toBe(most + 10);
  });
});
