// SPDX-License-Identifier: GPL-3.0-or-later

// What the contract leaves open: when datagrams are delivered, and what a full queue does.

import { describe, expect, it } from "vitest";
import {
  createMemoryMedium,
  createMemoryTransport,
  type TransportAddress,
} from "../../../server/src/transport/index.js";
import { createRecorder } from "../../contract/transport/recorder.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

function createPair(receiveBufferBytes?: number) {
  const clock = createVirtualClock();
  const medium = createMemoryMedium({ clock, turns: clock.turns });
  const open = (name: string) => {
    const told = createRecorder();
    const size = receiveBufferBytes === undefined ? {} : { receiveBufferBytes };
    return {
      told,
      transport: createMemoryTransport({ medium, name, sink: told.sink, ...size }),
    };
  };
  const [a, b] = [open("a"), open("b")];
  const to = (text: string): TransportAddress => {
    const address = a.transport.address(text);
    if (address === undefined) throw new Error(`${text} is no address`);
    return address;
  };
  return { clock, medium, a, b, to };
}

const BYTES = new Uint8Array(200_000);

describe("a transport in memory", () => {
  it("delivers at the end of the turn, and what is sent then at the end of the next", () => {
    const { clock, a, b, to } = createPair();
    b.told.during = (buffer, at, length, from) => {
      if (b.told.datagrams.length < 3) b.transport.send(from, buffer, at, length, length);
    };
    a.told.during = (buffer, at, length, from) => {
      a.transport.send(from, buffer, at, length, length);
    };
    a.transport.send(to("memory:b"), BYTES, 0, 10, 10);
    expect(b.told.calls).toEqual([]);
    clock.endTurn();
    expect(b.told.calls).toEqual(["received", "receivedAll"]);
    expect(a.told.calls).toEqual([]);
    clock.endTurn();
    expect(a.told.calls).toEqual(["received", "receivedAll"]);
    for (let turn = 0; turn < 10; turn++) clock.endTurn();
    expect(b.told.datagrams).toHaveLength(3);
    expect(clock.tasks).toBe(0);
  });

  it("sends to itself", () => {
    const { clock, a, to } = createPair();
    a.told.during = (buffer, at, length, from) => {
      a.transport.send(from, buffer, at, length + 1, length + 1);
    };
    a.transport.send(to("memory:a"), BYTES, 0, 10, 10);
    for (const length of [10, 11, 12]) {
      clock.endTurn();
      expect(a.told.datagrams.at(-1)?.bytes).toHaveLength(length);
      expect(a.told.datagrams).toHaveLength(length - 9);
    }
    expect(a.told.datagrams[0]?.from.text).toBe("memory:a");
  });

  it("says it is full when one more might not fit, drops what does not, and says when it does", () => {
    const { clock, a, b, to } = createPair(100_000);
    const send = (length: number): boolean =>
      a.transport.send(to("memory:b"), BYTES, 0, length, length);
    expect(send(30_000)).toBe(true);
    // 65,507 would not fit any more.
    expect(send(30_000)).toBe(false);
    expect(send(40_000)).toBe(false);
    expect(a.transport.counters.droppedQueueFull).toBe(0);
    expect(send(1)).toBe(false);
    expect(a.transport.counters).toMatchObject({ droppedQueueFull: 1, datagramsSent: 3 });
    clock.endTurn();
    expect(b.told.datagrams.map(({ bytes }) => bytes.length)).toEqual([30_000, 30_000, 40_000]);
    expect(a.told.calls).toEqual(["writable"]);
    expect(send(30_000)).toBe(true);
  });

  it("has room by the time it says so, whatever was told before in that turn", () => {
    const { clock, a, b, to } = createPair(70_000);
    a.transport.send(to("memory:nobody"), BYTES, 0, 10, 10);
    expect(a.transport.send(to("memory:b"), BYTES, 0, 60_000, 60_000)).toBe(false);
    clock.endTurn();
    expect([...a.told.calls, ...b.told.calls].sort()).toEqual([
      "received",
      "receivedAll",
      "unreachable",
      "writable",
    ]);
    expect(a.transport.send(to("memory:b"), BYTES, 0, 4_000, 4_000)).toBe(true);
  });

  it("tells once a turn that nobody is there", () => {
    const { clock, a, to } = createPair();
    for (let i = 0; i < 5; i++) a.transport.send(to("memory:nobody"), BYTES, 0, 10, 10);
    expect(clock.tasks).toBe(1);
    clock.endTurn();
    clock.endTurn();
    expect(a.told.unreachable).toEqual([to("memory:nobody")]);
  });

  it("takes a name that was given up, and none that is taken or is none", async () => {
    const { medium, a, b } = createPair();
    const sink = createRecorder().sink;
    for (const name of ["a", "", "A", "a b", "a:1", "x".repeat(65)]) {
      expect(() => createMemoryTransport({ medium, name, sink }), name).toThrow(RangeError);
    }
    await a.transport.close();
    const next = createMemoryTransport({ medium, name: "a", sink });
    // Closing again what is closed does not touch the one that has the name now.
    await a.transport.close();
    expect(medium.inboxes.has("memory:a")).toBe(true);
    await Promise.all([next.close(), b.transport.close()]);
    expect(medium.inboxes.size).toBe(0);
    expect(() =>
      createMemoryTransport({ medium, name: "c", sink, receiveBufferBytes: 65_506 }),
    ).toThrow(/65507/);
  });

  it("remembers so many addresses and no more", () => {
    const { a, to } = createPair();
    const first = to("memory:x0");
    expect(to("memory:x0")).toBe(first);
    for (let i = 1; i <= 5_000; i++) to(`memory:x${i}`);
    expect(to("memory:x0")).not.toBe(first);
    expect(to("memory:x0")).toEqual(first);
    expect(a.transport.localAddresses[0]?.text).toBe("memory:a");
  });
});
