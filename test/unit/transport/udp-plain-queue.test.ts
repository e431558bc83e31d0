// SPDX-License-Identifier: GPL-3.0-or-later

import type { Socket } from "node:dgram";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../../../server/src/core/index.js";
import type { Transport, TransportAddress } from "../../../server/src/transport/index.js";
import { createUdpAddresses } from "../../../server/src/transport/udp-addresses.js";
import { createPlainQueue } from "../../../server/src/transport/udp-plain-queue.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

interface Pending {
  readonly array: Uint8Array;
  readonly length: number;
  readonly where: string;
  readonly done: (error: Error | null) => void;
}

/** node:dgram as it behaves: sends at once while it can, else keeps the array, tells later. */
function createFakeSocket() {
  const sent: string[] = [];
  const queue: Pending[] = [];
  const told: (() => void)[] = [];
  const state = { blocked: false, error: null as Error | null };
  const emit = ({ array, length, where, done }: Pending): void => {
    if (state.error === null)
      sent.push(`${where} ${Buffer.from(array.subarray(0, length)).toString("latin1")}`);
    const { error } = state;
    told.push(() => done(error));
  };
  const socket = {
    getSendQueueCount: () => queue.length,
    send(
      array: Uint8Array,
      at: number,
      length: number,
      port: number,
      host: string,
      done: Pending["done"],
    ) {
      expect(at).toBe(0);
      const pending = { array, length, where: `${host} ${port}`, done };
      if (state.blocked) queue.push(pending);
      else emit(pending);
    },
  } as unknown as Socket;
  return {
    socket,
    sent,
    queue,
    state,
    /** The kernel takes all that waits. */
    unblock() {
      state.blocked = false;
      for (const pending of queue.splice(0)) emit(pending);
    },
    /** The next turn: callbacks. */
    tell() {
      for (const task of told.splice(0)) task();
    },
  };
}

function create() {
  const fake = createFakeSocket();
  const clock = createVirtualClock();
  const notices: string[] = [];
  const note = (what: string) => (to?: TransportAddress) =>
    void notices.push(to ? `${what} ${to.text}` : what);
  const counters = {
    datagramsSent: 0,
    bytesSent: 0,
    datagramsReceived: 0,
    bytesReceived: 0,
    droppedQueueFull: 0,
    droppedTooLarge: 0,
    droppedNoRoute: 0,
  };
  const addresses = createUdpAddresses({} as Transport);
  let closed = false;
  const queue = createPlainQueue(fake.socket, {
    addresses,
    counters,
    notices: {
      unreachable: note("unreachable"),
      failed: note("failed"),
      writable: note("writable"),
      stop() {},
    },
    sink: {} as never,
    clock,
    turns: { ...clock.turns, end: clock.endTurn },
    logger: silentLogger,
    isClosed: () => closed,
    receiveBufferBytes: 0,
    sendBufferBytes: 0,
  });
  const to = addresses.fromEndpoint({ ip: Uint8Array.of(192, 0, 2, 1), port: 7, zone: "" });
  const send = (text: string | Uint8Array): boolean => {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    const sent = queue.send(to, bytes, 0, bytes.length);
    bytes.fill(0x21);
    return sent;
  };
  return { ...fake, counters, notices, send, close: () => (closed = true) };
}

describe("datagrams on their way through node:dgram", () => {
  it("are copies, whether they leave at once or wait", () => {
    const { send, sent, state, unblock } = create();
    send("at once");
    state.blocked = true;
    for (const text of ["one", "two", "three"]) expect(send(text)).toBe(true);
    expect(sent).toEqual(["192.0.2.1 7 at once"]);
    unblock();
    expect(sent.slice(1)).toEqual(["one", "two", "three"].map((text) => `192.0.2.1 7 ${text}`));
  });

  it("share an array as long as they leave at once", () => {
    const { send, queue, state, sent } = create();
    for (let i = 0; i < 5_000; i++) expect(send("x")).toBe(true);
    expect(sent).toHaveLength(5_000);
    state.blocked = true;
    send("y");
    send("z");
    expect(queue[0]?.array).not.toBe(queue[1]?.array);
  });

  it("are counted when dgram says that they left", () => {
    const { send, tell, counters } = create();
    send("abc");
    send(new Uint8Array(5_000));
    tell();
    expect(counters).toMatchObject({ datagramsSent: 2, bytesSent: 5_003 });
  });

  it.each([64, 2_048, 2_049, 65_507])("of %d bytes wait within a bound", (size) => {
    const { send, queue, state, unblock, tell, notices } = create();
    state.blocked = true;
    let held = 0;
    while (send(new Uint8Array(size))) held += 1;
    expect(held).toBe(size <= 2_048 ? 1_024 : 32);
    expect(new Set(queue.map(({ array }) => array)).size).toBe(held);
    expect(send(new Uint8Array(size))).toBe(false);
    expect(notices).toEqual([]);
    unblock();
    tell();
    expect(notices).toEqual(["writable"]);
    expect(send(new Uint8Array(size))).toBe(true);
    tell();
    expect(notices).toEqual(["writable"]);
  });

  it("of one size leave room for the other", () => {
    const { send, state } = create();
    state.blocked = true;
    while (send(new Uint8Array(60_000)));
    expect(send("small")).toBe(true);
  });

  it("that dgram has not told of are bounded as well", () => {
    const { send, tell, notices } = create();
    let count = 0;
    while (send("x")) count += 1;
    expect(count).toBe(8_192);
    tell();
    expect(notices).toEqual(["writable"]);
    expect(send("x")).toBe(true);
  });

  it.each([
    ["EMSGSIZE", "droppedTooLarge", []],
    ["ENOBUFS", "droppedQueueFull", []],
    ["ENETUNREACH", "droppedNoRoute", ["failed 192.0.2.1:7"]],
    ["EHOSTUNREACH", "droppedNoRoute", ["failed 192.0.2.1:7"]],
    ["EINVAL", "droppedNoRoute", ["failed 192.0.2.1:7"]],
    ["ECONNREFUSED", undefined, ["unreachable 192.0.2.1:7"]],
  ])("%s", (code, counter, expected) => {
    const { send, tell, counters, notices, state } = create();
    state.error = Object.assign(new Error("no"), { code });
    send("x");
    expect(notices).toEqual([]);
    tell();
    expect(notices).toEqual(expected);
    const counted = Object.entries(counters).filter(([, count]) => count > 0);
    expect(counted).toEqual(counter === undefined ? [] : [[counter, 1]]);
  });

  it("tell nothing once the transport is closed", () => {
    const { send, tell, close, notices, state } = create();
    state.error = Object.assign(new Error("no"), { code: "ENETUNREACH" });
    send("x");
    close();
    tell();
    expect(notices).toEqual([]);
  });
});
