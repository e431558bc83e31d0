// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createFlowQueue } from "../../../server/src/link/flow-queue.js";
import { createPacketFifos } from "../../../server/src/link/packet-fifo.js";
import { createSeededRandom } from "../../support/seeded-random.js";

const out = new Uint8Array(70_000);

describe("packet queues", () => {
  it("agree with a naive twin of arrays", () => {
    const random = createSeededRandom(2);
    const fifos = createPacketFifos(5);
    const twins: { bytes: Uint8Array; atMs: number }[][] = [[], [], [], [], []];
    for (let step = 0; step < 8_000; step++) {
      const queue = random.below(5);
      const twin = twins[queue] ?? [];
      const nowMs = 2 ** 32 - 5_000 + step;
      if (random.oneIn(2) || twin.length === 0) {
        const bytes = random.bytes(random.oneIn(20) ? random.below(69_000) : random.below(300));
        fifos.push(queue, bytes, 0, bytes.length, nowMs);
        twin.push({ bytes, atMs: nowMs });
      } else {
        const first = twin.shift();
        expect(fifos.firstBytes(queue)).toBe(first?.bytes.length);
        expect(fifos.firstAgeMs(queue, nowMs)).toBe(nowMs - (first?.atMs ?? 0));
        if (random.oneIn(5)) fifos.drop(queue);
        else {
          const length = fifos.shift(queue, out, 7);
          expect(Buffer.compare(out.subarray(7, 7 + length), first?.bytes ?? out)).toBe(0);
        }
      }
      expect(fifos.count(queue)).toBe(twin.length);
      expect(fifos.bytes(queue)).toBe(twin.reduce((sum, { bytes }) => sum + bytes.length, 0));
      if (step % 3_000 === 2_999) {
        fifos.clear();
        for (const each of twins) each.length = 0;
      }
    }
  });
});

/** A packet of this flow and length, which it begins with. */
function push(queue: ReturnType<typeof createFlowQueue>, flow: number, length: number, nowMs = 0) {
  const packet = new Uint8Array(Math.max(length, 4));
  new DataView(packet.buffer).setUint32(0, flow);
  return queue.push(flow, packet, 0, length, nowMs);
}

function drain(queue: ReturnType<typeof createFlowQueue>, bytes: number, nowMs = 0) {
  const shares = new Map<number, number>();
  for (let taken = 0; taken < bytes; ) {
    const length = queue.next(nowMs);
    if (length < 0) break;
    queue.shift(out, 0);
    const flow = new DataView(out.buffer).getUint32(0);
    shares.set(flow, (shares.get(flow) ?? 0) + length);
    taken += length;
  }
  return shares;
}

describe("the fair queue", () => {
  it("gives every flow an equal share of bytes, whatever it sends and however long its packets", () => {
    const queue = createFlowQueue(1);
    for (let i = 0; i < 10_000; i++) push(queue, 1, 100);
    for (let i = 0; i < 30; i++) push(queue, 2, 30_000);
    for (let i = 0; i < 600; i++) push(queue, 3, 1_400);
    const shares = drain(queue, 1_500_000);
    for (const flow of [1, 2, 3]) {
      expect(shares.get(flow)).toBeGreaterThan(420_000);
      expect(shares.get(flow)).toBeLessThan(580_000);
    }
  });

  it("serves a quiet flow at once beside one that floods", () => {
    const queue = createFlowQueue(1);
    for (let i = 0; i < 2_000; i++) push(queue, 1, 1_400);
    drain(queue, 100_000);
    push(queue, 2, 200);
    const shares = drain(queue, 10_000);
    expect(shares.get(2)).toBe(200);
  });

  it("does not let empty packets starve the others", () => {
    const queue = createFlowQueue(1);
    for (let i = 0; i < 60_000; i++) push(queue, 1, 0);
    push(queue, 2, 200);
    let before = 0;
    while (queue.next(0) === 0) {
      queue.shift(out, 0);
      before += 1;
    }
    expect(before).toBeLessThan(1_000);
  });

  it("is bounded, and the longest flow pays", () => {
    const queue = createFlowQueue(1);
    push(queue, 2, 1_000);
    let refused = 0;
    for (let i = 0; i < 10_000; i++) if (!push(queue, 1, 1_400)) refused += 1;
    expect(queue.bytes()).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(refused).toBe(queue.counters.overflowed);
    expect(refused + queue.packets()).toBe(10_001);
    // Room for others is made at its cost.
    const overflowed = queue.counters.overflowed;
    expect(push(queue, 2, 60_000)).toBe(true);
    expect(queue.counters.overflowed).toBeGreaterThan(overflowed);
    expect(drain(queue, 10_000_000).get(2)).toBe(61_000);
  });

  it("knows how much of each flow waits", () => {
    const queue = createFlowQueue(1);
    for (let i = 0; i < 10; i++) push(queue, 1, 1_000);
    push(queue, 2, 500);
    expect(queue.bytesOf(1)).toBe(10 * 1_008);
    expect(queue.bytesOf(2)).toBe(508);
    expect(queue.bytesOf(3)).toBe(0);
    drain(queue, 1_000_000);
    expect(queue.bytesOf(1) + queue.bytesOf(2)).toBe(0);
  });

  it("is bounded in packets as well as in bytes", () => {
    const queue = createFlowQueue(1);
    for (let i = 0; i < 70_000; i++) push(queue, i, 0);
    expect(queue.packets()).toBeLessThanOrEqual(65_536);
  });

  it("drops what waited more than half a second", () => {
    const queue = createFlowQueue(1);
    push(queue, 1, 100, 0);
    push(queue, 1, 200, 300);
    push(queue, 2, 300, 100);
    expect(queue.next(500)).toBeGreaterThan(0);
    expect(drain(queue, 1_000, 650)).toEqual(new Map([[1, 200]]));
    expect(queue.counters.expired).toBe(2);
    expect(queue.next(650)).toBe(-1);
    expect(queue.bytes()).toBe(0);
  });
});
