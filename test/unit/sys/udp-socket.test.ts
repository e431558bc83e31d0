// SPDX-License-Identifier: GPL-3.0-or-later

import { nextTick } from "node:process";
import { describe, expect, it } from "vitest";
import { createSystemTurns, type MachineTurns } from "../../../server/src/core/index.js";
import {
  loadSys,
  portOfName,
  socketName,
  type UdpSocket,
  type UdpSocketHandler,
} from "../../../server/src/sys/index.js";
import { missing } from "../../support/udp.js";
import { turn, until } from "../../support/until.js";

const LOOPBACK = Uint8Array.of(127, 0, 0, 1);

function open(
  port = 0,
  {
    turns = createSystemTurns(),
    ...handler
  }: Partial<UdpSocketHandler & { turns: MachineTurns }> = {},
) {
  const calls: string[] = [];
  const { openUdpSocket } = loadSys();
  if (openUdpSocket === undefined) throw new Error("not here");
  const socket: UdpSocket = openUdpSocket({
    name: socketName(LOOPBACK, port, 0),
    receiveBufferBytes: 300_000,
    sendBufferBytes: 300_000,
    turns,
    handler: {
      wakeUp: () => void calls.push("wakeUp"),
      message: (_bytes, _at, length, segmentBytes) =>
        void calls.push(`message ${length} ${segmentBytes}`),
      messagesEnd: () => void calls.push("messagesEnd"),
      unreachable: () => void calls.push("unreachable"),
      writable: () => void calls.push("writable"),
      ...handler,
    },
  });
  return { socket, calls };
}

describe.skipIf(missing("kernel", { family: "IPv4" }) !== undefined)("a UDP socket of sys", () => {
  it("knows its name, and what the kernel gave it", () => {
    const { socket } = open();
    expect([...socket.name.subarray(0, 2), ...socket.name.subarray(4, 8)]).toEqual([
      2,
      0,
      ...LOOPBACK,
    ]);
    expect(portOfName(socket.name)).toBeGreaterThan(0);
    expect(socket.dontFragment).toBe(true);
    expect(socket.receiveBufferBytes).toBeGreaterThan(100_000);
    socket.close();
  });

  it("hands over a message of many segments as one", async () => {
    const [a, b] = [open(), open()];
    a.socket.send(b.socket.name, new Uint8Array(5_000), 0, 5_000, 1_000);
    await until("the end", () => b.calls.includes("messagesEnd"));
    expect(a.socket.segmentation()).toBe(true);
    expect(b.calls).toEqual(["wakeUp", "message 5000 1000", "messagesEnd"]);
    a.socket.close();
    b.socket.close();
  });

  it("ends the turn that a message began, before anything else comes to pass", async () => {
    const order: string[] = [];
    const turns = createSystemTurns();
    const { socket } = open(0, {
      turns,
      message() {
        nextTick(() => order.push("tick"));
        turns.atEnd(() => order.push("end of the turn"));
      },
      messagesEnd: () => void order.push("messagesEnd"),
    });
    socket.send(socket.name, new Uint8Array(10), 0, 10, 10);
    await until("the tick", () => order.includes("tick"));
    expect(order).toEqual(["messagesEnd", "end of the turn", "tick"]);
    socket.close();
  });

  it("tells once that there is room", async () => {
    const { socket, calls } = open();
    for (let round = 1; round <= 3; round++) {
      socket.awaitRoom();
      socket.awaitRoom();
      expect(calls).toHaveLength(round - 1);
      await until("writable", () => calls.length === round);
      for (let i = 0; i < 4; i++) await turn();
      expect(calls).toEqual(Array(round).fill("writable"));
    }
    socket.send(socket.name, new Uint8Array(10), 0, 10, 10);
    await until("received", () => calls.includes("messagesEnd"));
    socket.close();
  });

  it("tells nothing once it is closed, from within a call as well, and frees its port", async () => {
    const a = open();
    const port = portOfName(a.socket.name);
    const b = open();
    b.socket.send(a.socket.name, new Uint8Array(10), 0, 10, 10);
    a.socket.awaitRoom();
    a.socket.close();
    a.socket.close();
    a.socket.awaitRoom();
    for (let i = 0; i < 4; i++) await turn();
    expect(a.calls).toEqual([]);
    const again = open(port, { message: () => again.socket.close() });
    for (let i = 0; i < 5; i++) b.socket.send(again.socket.name, new Uint8Array(10), 0, 10, 10);
    await until("woken", () => again.calls.includes("wakeUp"));
    for (let i = 0; i < 4; i++) await turn();
    expect(again.calls).toEqual(["wakeUp"]);
    b.socket.close();
  });

  it("says why it cannot be bound", () => {
    const { socket } = open();
    expect(() => open(portOfName(socket.name))).toThrowError(
      expect.objectContaining({ name: "SysError", code: "REFUSED", errno: 98 }),
    );
    socket.close();
  });
});
