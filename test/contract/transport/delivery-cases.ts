// SPDX-License-Identifier: GPL-3.0-or-later

import { expect, it } from "vitest";
import { createSeededRandom } from "../../support/seeded-random.js";
import { addressText, type Bound, type Harness } from "./harness.js";

/** Sends few at a time, so that a transport's buffers hold them: what is promised is no loss here. */
const AT_A_TIME = 20;

/** Bytes that begin with a number to know them by, little-endian. */
function numbered(number: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + number * 7) & 0xff;
  if (size >= 4) new DataView(bytes.buffer).setUint32(0, number, true);
  return bytes;
}

function numberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

/** What was received, in the order of the numbers: a transport may reorder. */
function inOrder({ told }: Bound): Uint8Array[] {
  return told.datagrams.map(({ bytes }) => bytes).sort((a, b) => numberOf(a) - numberOf(b));
}

export function deliveryCases(harness: Harness): void {
  it("carries datagrams of every size, from 1 byte to the largest", async () => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    const sizes = [1, 2, 3, 1_199, 1_200, 1_201, 1_472, 9_000, 32_768, world.largestBytes];
    for (const [i, size] of sizes.entries()) {
      const bytes = numbered(i, size);
      expect(send(a, b.transport, bytes)).toBe(true);
      await world.settle(`${size} bytes`, () => b.told.datagrams.length === i + 1);
      expect(b.told.datagrams[i]?.bytes).toEqual(bytes);
    }
    expect(a.told.datagrams).toEqual([]);
    expect([...a.told.faults, ...b.told.faults]).toEqual([]);
  });

  it("keeps contents and boundaries, whatever follows what", async () => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    const random = createSeededRandom(11);
    const sent: Uint8Array[] = [];
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < AT_A_TIME; i++) {
        const bytes = numbered(sent.length, 4 + random.below(random.pick([20, 1_400, 4_000])));
        sent.push(bytes);
        send(a, b.transport, bytes);
      }
      await world.settle("all received", () => b.told.datagrams.length === sent.length);
    }
    await world.quiet();
    expect(inOrder(b)).toEqual(sent);
    expect(b.told.faults).toEqual([]);
  });

  it("gives the bytes back when send returns", async () => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    const buffer = new Uint8Array(1_000);
    for (let i = 0; i < AT_A_TIME; i++) {
      buffer.set(numbered(i, 1_000));
      send(a, b.transport, buffer);
      buffer.fill(0xee);
    }
    await world.settle("all received", () => b.told.datagrams.length === AT_A_TIME);
    expect(inOrder(b)).toEqual(Array.from({ length: AT_A_TIME }, (_, i) => numbered(i, 1_000)));
  });

  it("sends from anywhere in a buffer", async () => {
    const { world, bind } = harness();
    const [a, b] = [await bind(), await bind()];
    const to = a.transport.address(addressText(b.transport));
    if (to === undefined) throw new Error("no address");
    const memory = new Uint8Array(5_000);
    const buffer = memory.subarray(1_000, 4_000);
    buffer.set(numbered(1, 500), 77);
    a.transport.send(to, buffer, 77, 500, 500);
    await world.settle("received", () => b.told.datagrams.length === 1);
    expect(b.told.datagrams[0]?.bytes).toEqual(numbered(1, 500));
  });

  it("tells who sent, by an address that answers reach", async () => {
    const { world, bind } = harness();
    const { send } = harness();
    const [a, b] = [await bind(), await bind()];
    b.told.during = (buffer, at, length, from) => {
      // Straight from the transport's own buffer, which holds until the call returns.
      b.told.whileSending(() => b.transport.send(from, buffer, at, length, length));
    };
    for (let i = 0; i < 3; i++) send(a, b.transport, numbered(i, 600));
    await world.settle("answers", () => a.told.datagrams.length === 3);
    expect(inOrder(a)).toEqual([0, 1, 2].map((i) => numbered(i, 600)));
    const [first, second] = b.told.datagrams;
    expect(first?.from.text).toBe(addressText(a.transport));
    expect(first?.from.transport).toBe(b.transport);
    expect(first?.from).toBe(second?.from);
    const looked = b.transport.address(addressText(a.transport));
    expect(looked?.text).toBe(first?.from.text);
    expect(looked?.bytes).toEqual(first?.from.bytes);
    expect(looked?.group).toBe(first?.from.group);
    expect([...a.told.faults, ...b.told.faults]).toEqual([]);
  });

  it("lets the receiver modify what it was handed", async () => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    b.told.during = (buffer, at, length) => void buffer.fill(0xdd, at, at + length);
    for (let i = 0; i < AT_A_TIME; i++) send(a, b.transport, numbered(i, 300));
    await world.settle("all received", () => b.told.datagrams.length === AT_A_TIME);
    expect(inOrder(b)).toEqual(Array.from({ length: AT_A_TIME }, (_, i) => numbered(i, 300)));
  });

  it.each([
    ["a rest at the end", 10_000, 1_200],
    ["no rest", 9_600, 1_200],
    ["a rest of one byte", 4_801, 1_200],
    ["one segment", 700, 700],
    ["one segment that is not full", 700, 1_200],
    ["many small ones", 3_200, 50],
  ])("cuts segments: %s", async (_what, length, segmentBytes) => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    const buffer = new Uint8Array(length);
    const expected: Uint8Array[] = [];
    for (let at = 0; at < length; at += segmentBytes) {
      const segment = numbered(expected.length + 1, Math.min(segmentBytes, length - at));
      buffer.set(segment, at);
      expected.push(segment);
    }
    expect(send(a, b.transport, buffer, segmentBytes)).toBe(true);
    buffer.fill(0);
    await world.settle("all received", () => b.told.datagrams.length === expected.length);
    await world.quiet();
    const bySize = (x: Uint8Array, y: Uint8Array): number =>
      y.length - x.length || (x.length < 4 ? 0 : numberOf(x) - numberOf(y));
    const received = b.told.datagrams.map(({ bytes }) => bytes).sort(bySize);
    expect(received).toEqual(expected.sort(bySize));
    expect(a.transport.counters.datagramsSent).toBe(expected.length);
  });

  it("keeps many senders to one receiver apart", async () => {
    const { world, bind, send } = harness();
    const receiver = await bind();
    const senders: Bound[] = [];
    for (let i = 0; i < 8; i++) senders.push(await bind());
    for (let round = 0; round < 5; round++) {
      for (const [i, sender] of senders.entries()) {
        for (let k = 0; k < 4; k++) send(sender, receiver.transport, numbered(i, 100 + k));
      }
      const expected = (round + 1) * senders.length * 4;
      await world.settle("all received", () => receiver.told.datagrams.length === expected);
    }
    for (const { bytes, from } of receiver.told.datagrams) {
      const sender = senders[numberOf(bytes)];
      expect(from.text).toBe(sender && addressText(sender.transport));
    }
    const texts = receiver.told.datagrams.map(({ from }) => from.text);
    for (const text of texts) {
      expect(texts.filter((other) => other === text)).toHaveLength(20);
    }
    expect(receiver.told.faults).toEqual([]);
  });

  it("ends each batch with receivedAll", async () => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    for (let round = 1; round <= 5; round++) {
      for (let i = 0; i < 5; i++) send(a, b.transport, numbered(i, 50));
      await world.settle("all received", () => b.told.datagrams.length === round * 5);
      await world.settle("the end", () => b.told.calls.at(-1) === "receivedAll");
    }
    // No empty batches: a link does work at the end of each.
    for (const [i, call] of b.told.calls.entries()) {
      if (call === "receivedAll") expect(b.told.calls[i - 1]).toBe("received");
    }
    expect(b.told.faults).toEqual([]);
  });

  it("counts datagrams and bytes", async () => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    send(a, b.transport, new Uint8Array(10));
    send(a, b.transport, new Uint8Array(2_500), 1_000);
    await world.settle("all received", () => b.told.datagrams.length === 4);
    expect(a.transport.counters).toMatchObject({
      datagramsSent: 4,
      bytesSent: 2_510,
      datagramsReceived: 0,
      droppedQueueFull: 0,
      droppedTooLarge: 0,
      droppedNoRoute: 0,
    });
    expect(b.transport.counters).toMatchObject({
      datagramsSent: 0,
      datagramsReceived: 4,
      bytesReceived: 2_510,
    });
  });

  it("drops and counts what is too large, and goes on", async () => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    const largest = a.transport.address(addressText(b.transport))?.largestMtu ?? 0;
    send(a, b.transport, new Uint8Array(largest + 1));
    send(a, b.transport, numbered(5, 100));
    await world.settle("the small one", () => b.told.datagrams.length === 1);
    await world.quiet();
    expect(b.told.datagrams.map(({ bytes }) => bytes)).toEqual([numbered(5, 100)]);
    expect(a.transport.counters).toMatchObject({ datagramsSent: 1, droppedTooLarge: 1 });
    expect([...a.told.faults, ...b.told.faults]).toEqual([]);
  });

  it("says so when its queue is full, and when there is room again", async () => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    let full = false;
    for (let i = 0; i < 5_000 && !full; i++) full = !send(a, b.transport, numbered(i, 1_200));
    // A transport that hands everything to the machine at once never says it is full.
    if (full) await world.settle("writable", () => a.told.calls.includes("writable"));
    await world.quiet();
    const before = b.told.datagrams.length;
    send(a, b.transport, numbered(9_999, 100));
    await world.settle("one more", () => b.told.datagrams.length > before);
    expect(b.told.datagrams.at(-1)?.bytes).toEqual(numbered(9_999, 100));
    expect([...a.told.faults, ...b.told.faults]).toEqual([]);
  });

  it("is not harmed by sending to where nobody is", async () => {
    const { world, bind, send } = harness();
    const [a, b] = [await bind(), await bind()];
    for (let i = 0; i < 5; i++) {
      send(a, world.nowhere, numbered(i, 100));
      send(a, b.transport, numbered(i, 100));
      await world.settle("the other", () => b.told.datagrams.length === i + 1);
    }
    await world.quiet();
    for (const { text } of a.told.unreachable) expect(text).toBe(world.nowhere);
    expect(a.told.calls).not.toContain("failed");
    expect([...a.told.faults, ...b.told.faults]).toEqual([]);
  });
}
