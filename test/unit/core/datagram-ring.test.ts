// SPDX-License-Identifier: GPL-3.0-or-later

// The ring of datagrams: by example, and against an array of objects.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Budget,
  createBudget,
  createDatagramRing,
  type DatagramRing,
  RECORD_OVERHEAD_BYTES,
} from "../../../server/src/core/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";

const random = createSeededRandom(1);
const unlimited = (): Budget => createBudget(Number.MAX_SAFE_INTEGER);

interface Message {
  readonly address: Uint8Array;
  readonly payload: Uint8Array;
}

function message(bytes: number): Message {
  return { address: random.bytes(32), payload: random.bytes(bytes) };
}

/** Pushes from the middle of larger buffers, which are overwritten at once. */
function push(ring: DatagramRing, { address, payload }: Message): number {
  const addresses = Buffer.concat([random.bytes(5), address, random.bytes(2)]);
  const buffer = Buffer.concat([random.bytes(3), payload, random.bytes(4)]);
  const lost = ring.push(addresses, 5, buffer, 3, 3 + payload.length);
  addresses.fill(0xee);
  buffer.fill(0xee);
  return lost;
}

/** Takes at most so many. */
function take(ring: DatagramRing, most = Number.POSITIVE_INFINITY): Message[] {
  const taken: Message[] = [];
  ring.drain((addresses, at, buffer, start, end) => {
    if (taken.length >= most) return false;
    taken.push({
      address: new Uint8Array(addresses.subarray(at, at + 32)),
      payload: new Uint8Array(buffer.subarray(start, end)),
    });
    return true;
  });
  return taken;
}

const text = ({ address, payload }: Message): string =>
  `${Buffer.from(address).toString("hex")} ${Buffer.from(payload).toString("hex")}`;
const texts = (messages: readonly Message[]): string[] => messages.map(text);

describe("createDatagramRing", () => {
  it("hands over what was pushed, in order, whole, from copies", () => {
    const ring = createDatagramRing(1_000_000, unlimited());
    const sent = [0, 1, 35, 36, 37, 1_400, 65_535, 70_000, 2].map(message);
    for (const m of sent) expect(push(ring, m)).toBe(0);
    expect(ring.length()).toBe(sent.length);
    expect(texts(take(ring))).toEqual(texts(sent));
    expect([ring.length(), ring.bytes()]).toEqual([0, 0]);
    expect(take(ring)).toEqual([]);
  });

  it("keeps what was not taken, and offers it again first", () => {
    const ring = createDatagramRing(10_000, unlimited());
    const sent = [10, 20, 30, 40].map(message);
    for (const m of sent) push(ring, m);
    expect(texts(take(ring, 1))).toEqual(texts(sent.slice(0, 1)));
    expect(take(ring, 0)).toEqual([]);
    expect(ring.length()).toBe(3);
    expect(texts(take(ring, 2))).toEqual(texts(sent.slice(1, 3)));
    expect(texts(take(ring))).toEqual(texts(sent.slice(3)));
  });

  it("counts the bytes of records", () => {
    const ring = createDatagramRing(10_000, unlimited());
    push(ring, message(100));
    push(ring, message(0));
    expect(ring.bytes()).toBe(100 + 2 * RECORD_OVERHEAD_BYTES);
    take(ring, 1);
    expect(ring.bytes()).toBe(RECORD_OVERHEAD_BYTES);
  });

  it("drops the oldest for the newest when its bound is reached, and says how many", () => {
    const ring = createDatagramRing(4 * (100 + RECORD_OVERHEAD_BYTES), unlimited());
    const sent = Array.from({ length: 6 }, () => message(100));
    expect(sent.map((m) => push(ring, m))).toEqual([0, 0, 0, 0, 1, 1]);
    const large = message(250);
    expect(push(ring, large)).toBe(3);
    expect(texts(take(ring))).toEqual(texts([...sent.slice(5), large]));
  });

  it("takes what fills it exactly, and loses what is larger without touching the rest", () => {
    const bound = 2_000;
    const ring = createDatagramRing(bound, unlimited());
    const small = message(10);
    push(ring, small);
    expect(push(ring, message(bound - RECORD_OVERHEAD_BYTES + 1))).toBe(1);
    expect(texts(take(ring))).toEqual(texts([small]));
    const whole = message(bound - RECORD_OVERHEAD_BYTES);
    expect(push(ring, whole)).toBe(0);
    expect(texts(take(ring))).toEqual(texts([whole]));
  });

  it("keeps records that wrap around the end of its memory, at every offset", () => {
    for (let lead = 0; lead <= 200; lead++) {
      const ring = createDatagramRing(1_024, unlimited());
      // The memory is 1,024 bytes; the record of 200 begins before the end and goes on behind it.
      const filler = message(1_024 - 2 * RECORD_OVERHEAD_BYTES - lead);
      push(ring, filler);
      const stay = message(0);
      push(ring, stay);
      expect(take(ring, 1).length).toBe(1);
      const wrapped = message(200);
      expect(push(ring, wrapped)).toBe(0);
      expect(texts(take(ring)), `lead ${lead}`).toEqual(texts([stay, wrapped]));
    }
  });

  it("takes from its budget what it holds, and gives it all back when it is empty", () => {
    const budget = createBudget(1_000_000);
    const ring = createDatagramRing(500_000, budget);
    expect(budget.used()).toBe(0);
    push(ring, message(10));
    expect(budget.used()).toBeGreaterThanOrEqual(ring.bytes());
    for (let i = 0; i < 100; i++) push(ring, message(2_000));
    expect(budget.used()).toBeGreaterThanOrEqual(ring.bytes());
    expect(budget.used()).toBeLessThanOrEqual(500_000);
    take(ring);
    expect(budget.used()).toBe(0);
  });

  it("lives with what the budget gives, down to the last byte", () => {
    const budget = createBudget(3_000);
    const ring = createDatagramRing(1_000_000, budget);
    const sent = Array.from({ length: 10 }, () => message(264));
    // Ten records of 300 bytes fill the budget; the eleventh costs the first.
    expect(sent.map((m) => push(ring, m))).toEqual(new Array(10).fill(0));
    expect(budget.used()).toBe(3_000);
    const last = message(264);
    expect(push(ring, last)).toBe(1);
    expect(texts(take(ring))).toEqual(texts([...sent.slice(1), last]));
    expect(budget.used()).toBe(0);
  });

  it("loses the new one when the budget is empty, and nothing of its own before", () => {
    const budget = createBudget(10_000);
    const ring = createDatagramRing(1_000_000, budget);
    budget.take(10_000);
    expect(push(ring, message(0))).toBe(1);
    expect([ring.length(), ring.bytes(), budget.used()]).toEqual([0, 0, 10_000]);
    budget.give(10_000);
    expect(push(ring, message(0))).toBe(0);
  });

  it("does not throw away what waits for one that cannot fit all the same", () => {
    const budget = createBudget(2_000);
    const ring = createDatagramRing(1_000_000, budget);
    const waiting = [100, 200, 300].map(message);
    for (const m of waiting) push(ring, m);
    // Far below the bound, but more than the ring has and the budget still gives.
    expect(push(ring, message(3_000))).toBe(1);
    expect(texts(take(ring))).toEqual(texts(waiting));
    expect(budget.used()).toBe(0);
  });

  it("raises its bound at once", () => {
    const ring = createDatagramRing(1_000, unlimited());
    const [a, b] = [message(800), message(800)];
    push(ring, a);
    ring.setBound(2_000);
    expect(push(ring, b)).toBe(0);
    expect(texts(take(ring))).toEqual(texts([a, b]));
  });

  it("keeps what is too much for a lowered bound, and keeps to the bound after that", () => {
    const budget = unlimited();
    const ring = createDatagramRing(10_000, budget);
    const sent = Array.from({ length: 5 }, () => message(1_000));
    for (const m of sent) push(ring, m);
    ring.setBound(2_000);
    expect(texts(take(ring))).toEqual(texts(sent));
    expect([1_000, 1_000, 1_965].map((bytes) => push(ring, message(bytes)))).toEqual([0, 1, 1]);
    expect(budget.used()).toBeLessThanOrEqual(2_000);
  });

  it("wipes: zeros where the bytes were, nothing waits, everything is given back", () => {
    const budget = createBudget(100_000);
    const ring = createDatagramRing(50_000, budget);
    const seen = new Set<ArrayBufferLike>();
    for (let i = 0; i < 20; i++) push(ring, message(500));
    ring.drain((_, __, buffer) => {
      seen.add(buffer.buffer);
      return false;
    });
    // Wrapped records are offered from copies: here none is, so this is the ring's own memory.
    const [memory] = seen;
    if (memory === undefined) throw new Error("nothing was offered");
    expect(new Uint8Array(memory).some((byte) => byte !== 0)).toBe(true);
    ring.wipe();
    expect(new Uint8Array(memory).every((byte) => byte === 0)).toBe(true);
    expect([ring.length(), ring.bytes(), budget.used()]).toEqual([0, 0, 0]);
    expect(take(ring)).toEqual([]);
    const after = message(5);
    push(ring, after);
    expect(texts(take(ring))).toEqual(texts([after]));
  });

  it("leaves zeros in the memory it grows out of", () => {
    const ring = createDatagramRing(50_000, unlimited());
    push(ring, message(500));
    let before: Uint8Array = new Uint8Array(1);
    ring.drain((_, __, buffer) => {
      before = new Uint8Array(buffer.buffer);
      return false;
    });
    for (let i = 0; i < 20; i++) push(ring, message(500));
    expect(before.length).toBeGreaterThan(500);
    expect(before.every((byte) => byte === 0)).toBe(true);
  });

  it("may be wiped by the one it hands a message to", () => {
    const budget = createBudget(100_000);
    const ring = createDatagramRing(50_000, budget);
    for (let i = 0; i < 3; i++) push(ring, message(10));
    let offered = 0;
    ring.drain(() => {
      offered += 1;
      ring.wipe();
      return true;
    });
    expect([offered, ring.length(), ring.bytes(), budget.used()]).toEqual([1, 0, 0, 0]);
  });
});

const sizes = fc.oneof(fc.nat(40), fc.nat(400), fc.nat(3_000));
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("push" as const), bytes: sizes }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("take" as const), most: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("raise" as const), by: fc.nat(2_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("others" as const), bytes: fc.nat(3_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("wipe" as const, "all" as const) }) },
);

const LIMIT = 8_000;
const recordBytes = ({ payload }: Message): number => payload.length + RECORD_OVERHEAD_BYTES;

/** The twin: an array, and the rules in words. */
function createTwin() {
  let queue: Message[] = [];
  const bytes = (): number => queue.reduce((sum, m) => sum + recordBytes(m), 0);
  return {
    bytes,
    /** `room` is what the ring has or could have; returns how many are lost. */
    push(m: Message, room: number): number {
      if (recordBytes(m) > room) return 1;
      let lost = 0;
      while (bytes() + recordBytes(m) > room) {
        queue.shift();
        lost += 1;
      }
      queue.push(m);
      return lost;
    },
    take: (most: number): Message[] => queue.splice(0, most),
    wipe: (): void => {
      queue = [];
    },
    get length() {
      return queue.length;
    },
  };
}

describe("against an array", () => {
  it("keeps order, bytes and bounds for every sequence, with a budget that others use too", () => {
    const firstBound = fc.integer({ min: 300, max: 6_000 });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80 }), firstBound, (acts, first) => {
        const budget = createBudget(LIMIT);
        const ring = createDatagramRing(first, budget);
        const twin = createTwin();
        let bound = first;
        let others = 0;
        const held = (): number => budget.used() - others;
        for (const a of acts) {
          if (a.do === "push") {
            const m = message(a.bytes);
            const room = Math.max(held(), Math.min(bound, LIMIT - others));
            expect(push(ring, m)).toBe(twin.push(m, room));
          } else if (a.do === "take" || a.do === "all") {
            const most = a.do === "take" ? a.most : ring.length();
            expect(texts(take(ring, most))).toEqual(texts(twin.take(most)));
          } else if (a.do === "raise") {
            bound += a.by;
            ring.setBound(bound);
          } else if (a.do === "others") {
            budget.give(others);
            others = budget.take(a.bytes) ? a.bytes : 0;
          } else {
            ring.wipe();
            twin.wipe();
            expect(held()).toBe(0);
          }
          expect([ring.length(), ring.bytes()]).toEqual([twin.length, twin.bytes()]);
          expect(held()).toBeLessThanOrEqual(bound);
          expect(held()).toBeGreaterThanOrEqual(ring.bytes());
        }
        expect(texts(take(ring))).toEqual(texts(twin.take(ring.length() + 1_000)));
        expect(held()).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });
});
