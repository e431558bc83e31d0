// SPDX-License-Identifier: GPL-3.0-or-later

// What UDP promises beyond the port: both ways of it, on this machine's own sockets.

import { createSocket } from "node:dgram";
import { afterEach, describe, expect, it } from "vitest";
import type { UdpTransport } from "../../../server/src/transport/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { bindUdp, LOOPBACKS, missing, type UdpPath } from "../../support/udp.js";
import { turn, until } from "../../support/until.js";
import { createRecorder, type Recorder } from "./recorder.js";

const bound: UdpTransport[] = [];
afterEach(async () => {
  await Promise.all(bound.splice(0).map((transport) => transport.close()));
});

async function bind(path: UdpPath, ...texts: string[]) {
  const told = createRecorder();
  const failed: string[] = [];
  const sink = { ...told.sink, failed: ({ text }: { text: string }) => void failed.push(text) };
  const transport = await bindUdp(path, texts, sink);
  bound.push(transport);
  return { transport, told, failed };
}

function textOf({ localAddresses }: UdpTransport, i = 0): string {
  const text = localAddresses[i]?.text;
  if (text === undefined) throw new Error("not bound");
  return text;
}

function send(from: UdpTransport, text: string, bytes: Uint8Array, segmentBytes = bytes.length) {
  const to = from.address(text);
  if (to === undefined) throw new Error(`${text} is no address`);
  return from.send(to, bytes, 0, bytes.length, segmentBytes);
}

const texts = ({ datagrams }: Recorder) =>
  datagrams.map(({ bytes }) => Buffer.from(bytes).toString());

const V4 = { family: "IPv4" } as const;
const PATHS = (["kernel", "plain"] as const).filter((path) => missing(path, V4) === undefined);
const FAMILIES = LOOPBACKS.filter((loopback) => missing("plain", loopback) === undefined);
const WAYS = PATHS.flatMap((path) => FAMILIES.map((loopback) => ({ path, ...loopback })));

describe.each(WAYS)("UDP by way of $path over $family", ({ path, any, nowhere }) => {
  it("is harmed by neither empty datagrams nor garbage", async () => {
    const { transport, told } = await bind(path, any);
    const local = transport.localAddresses[0];
    const stranger = createSocket(any.startsWith("[") ? "udp6" : "udp4");
    const host = any.startsWith("[") ? "::1" : "127.0.0.1";
    const random = createSeededRandom(4);
    const port = Number(textOf(transport).replace(/.*:/, ""));
    const throwing = (bytes: Uint8Array) =>
      new Promise((resolve) => stranger.send(bytes, port, host, resolve));
    let full = 0;
    for (let i = 0; i < 300; i++) {
      const bytes = new Uint8Array(random.below(3) === 0 ? 0 : random.below(3_000));
      for (let at = 0; at < bytes.length; at++) bytes[at] = random.below(256);
      if (bytes.length > 0) full += 1;
      await throwing(bytes);
    }
    await until("all that are not empty", () => told.datagrams.length === full);
    await throwing(new Uint8Array(0));
    for (let i = 0; i < 8; i++) await turn();
    expect(told.datagrams).toHaveLength(full);
    expect(told.faults).toEqual([]);
    expect(transport.counters.datagramsReceived).toBe(full);
    for (const [i, call] of told.calls.entries()) {
      if (call === "receivedAll") expect(told.calls[i - 1]).toBe("received");
    }
    expect(local?.transport).toBe(transport);
    stranger.close();
  });

  it("says which addresses it cannot bind to, and leaves nothing open", async () => {
    const { transport } = await bind(path, any);
    const taken = textOf(transport);
    const free = any.startsWith("[") ? "127.0.0.1:0" : "[::1]:0";
    const open = [free, taken].slice(FAMILIES.length === 2 ? 0 : 1);
    await expect(bind(path, ...open)).rejects.toMatchObject({
      name: "TransportError",
      code: "BIND_FAILED",
      message: `no UDP socket could be bound to ${taken}`,
    });
    await expect(bind(path, "192.0.2.77:0")).rejects.toMatchObject({ code: "BIND_FAILED" });
    for (const bad of [[], ["nonsense"], ["127.0.0.1"], [any, any]]) {
      await expect(bind(path, ...bad)).rejects.toMatchObject({ code: "BAD_BIND_ADDRESS" });
    }
    await transport.close();
    await bind(path, taken);
  });

  it("cannot send where this machine has no way, and says so", async () => {
    const { transport, told, failed } = await bind(path, any);
    // From loopback's own address there is no way off this machine.
    const away = any.startsWith("[") ? "[fe80::1%lo]:9" : "192.0.2.1:9";
    const to = transport.address(away);
    if (to === undefined) throw new Error("no address");
    for (let i = 0; i < 3; i++) {
      expect(transport.send(to, new Uint8Array(10), 0, 10, 10)).toBe(true);
    }
    expect(failed).toEqual([]);
    await until("failed", () => failed.length > 0);
    for (let i = 0; i < 4; i++) await turn();
    expect(new Set(failed)).toEqual(new Set([away]));
    expect(failed.length).toBe(1);
    expect(transport.counters).toMatchObject({ datagramsSent: 0, droppedNoRoute: 3 });
    expect(told.faults).toEqual([]);
  });

  it("says whether it can forbid fragments, and how much the machine holds", async () => {
    const { transport } = await bind(path, any);
    expect(transport.dontFragment).toBe(path === "kernel");
    expect(transport.path).toBe(path);
    expect(transport.receiveBufferBytes).toBeGreaterThanOrEqual(64 * 1024);
  });

  it("reaches the other way", async () => {
    const { transport, told } = await bind(path, any);
    for (const other of PATHS) {
      const { transport: from } = await bind(other, any);
      const bytes = new Uint8Array(30_000).map((_, i) => i * 13);
      send(from, textOf(transport), bytes, 1_234);
      const before = told.datagrams.length;
      await until("all segments", () => told.datagrams.length === before + 25);
      const parts = told.datagrams.slice(before);
      expect(parts.map((part) => part.bytes.length)).toEqual([...Array(24).fill(1_234), 384]);
      expect(Buffer.concat(parts.map((part) => part.bytes)).equals(bytes)).toBe(true);
      expect(new Set(parts.map(({ from: { text } }) => text))).toEqual(new Set([textOf(from)]));
    }
  });

  it.runIf(path === "kernel")("lets others have a turn between many small ones", async () => {
    const { transport, told } = await bind(path, any);
    const { transport: from } = await bind(path, any);
    for (let i = 0; i < 60; i++) send(from, textOf(transport), new Uint8Array(64 * 64), 64);
    await until("all", () => told.datagrams.length === 60 * 64);
    await until("the end", () => told.calls.at(-1) === "receivedAll");
    const ends = told.calls.flatMap((call, i) => (call === "receivedAll" ? [i] : []));
    const runs = ends.map((end, i) => end - (ends[i - 1] ?? -1) - 1);
    expect(Math.max(...runs)).toBeLessThanOrEqual(2_048);
    expect(told.faults).toEqual([]);
  });

  it.runIf(path === "kernel")("tells that nobody listens, and loses nothing by it", async () => {
    const [a, b] = [await bind(path, any), await bind(path, any)];
    const sent: string[] = [];
    for (let i = 0; i < 100; i++) {
      send(a.transport, nowhere, new Uint8Array(100));
      sent.push(`datagram ${i}`);
      send(a.transport, textOf(b.transport), Buffer.from(`datagram ${i}`));
      if (i % 10 === 9) await turn();
    }
    await until("unreachable", () => a.told.unreachable.length > 0);
    await until("all to the other", () => b.told.datagrams.length === sent.length);
    expect(texts(b.told)).toEqual(sent);
    expect(new Set(a.told.unreachable.map(({ text }) => text))).toEqual(new Set([nowhere]));
    expect(a.told.unreachable[0]).toBe(a.transport.address(nowhere));
    expect(a.failed).toEqual([]);
    expect(a.told.faults).toEqual([]);
    // And it still receives.
    send(b.transport, textOf(a.transport), Buffer.from("back"));
    await until("an answer", () => a.told.datagrams.length === 1);
  });
});

describe.runIf(FAMILIES.length === 2).each(PATHS)("UDP of both families by way of %s", (path) => {
  it("sends by the socket of the address's family", async () => {
    const [a, b] = [
      await bind(path, "127.0.0.1:0", "[::1]:0"),
      await bind(path, "[::1]:0", "127.0.0.1:0"),
    ];
    for (const i of [0, 1]) send(a.transport, textOf(b.transport, i), Buffer.from(`to ${i}`));
    await until("both", () => b.told.datagrams.length === 2);
    const from = new Set(b.told.datagrams.map(({ from: { text } }) => text));
    expect(from).toEqual(new Set(a.transport.localAddresses.map(({ text }) => text)));
    expect(texts(b.told).sort()).toEqual(["to 0", "to 1"]);
  });

  it("has no addresses of a family that is not bound, and takes none of another's", async () => {
    const [a, b] = [await bind(path, "127.0.0.1:0"), await bind(path, "[::1]:0")];
    expect(a.transport.address("[::1]:80")).toBeUndefined();
    expect(b.transport.address("127.0.0.1:80")).toBeUndefined();
    expect(b.transport.address("[::ffff:127.0.0.1]:80")).toBeUndefined();
    const foreign = b.transport.address("[::1]:80");
    if (foreign === undefined) throw new Error("no address");
    expect(a.transport.send(foreign, new Uint8Array(2_500), 0, 2_500, 1_000)).toBe(true);
    expect(a.transport.counters).toMatchObject({ datagramsSent: 0, droppedNoRoute: 3 });
  });

  it("tells nothing more of a message of many segments once it is closed", async () => {
    const [a, b] = [await bind(path, "127.0.0.1:0"), await bind(path, "127.0.0.1:0")];
    let closed: Promise<void> | undefined;
    b.told.during = () => {
      closed = b.transport.close();
    };
    send(a.transport, textOf(b.transport), new Uint8Array(10_000), 1_000);
    await until("closed", () => closed !== undefined);
    for (let i = 0; i < 4; i++) await turn();
    expect(b.told.calls).toEqual(["received"]);
  });

  it("reads nothing beyond the bytes it is given", async () => {
    const [a, b] = [await bind(path, "127.0.0.1:0"), await bind(path, "127.0.0.1:0")];
    const to = a.transport.address(textOf(b.transport));
    if (to === undefined) throw new Error("no address");
    a.transport.send(to, new Uint8Array(100), 50, 51, 51);
    a.transport.send(to, new Uint8Array(100), 0, 100, 0);
    a.transport.send(to, new Uint8Array(100), 0, 100, Number.NaN);
    a.transport.send(to, new Uint8Array(100), -1, 10, 10);
    a.transport.send(to, new Uint8Array(0), 0, 0, 0);
    a.transport.send(to, Buffer.from("right"), 0, 5, 5);
    await until("the right one", () => b.told.datagrams.length > 0);
    for (let i = 0; i < 4; i++) await turn();
    expect(texts(b.told)).toEqual(["right"]);
  });
});
