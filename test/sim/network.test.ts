// SPDX-License-Identifier: GPL-3.0-or-later

// Hosts that are down, addresses that change, NATs, taps and strangers; and that the same seed
// gives the same trace.

import { describe, expect, it } from "vitest";
import { createNetwork } from "./network.js";
import { A, accounted, addressOf, B, createPair, sendNumbered, sinkWith } from "./support.js";
import { createWorld } from "./world.js";

/** A busy network of many hosts with every impairment; its trace. */
function busy(seed: number): string {
  const world = createWorld({ seed });
  const network = createNetwork({
    world,
    trace: true,
    link: {
      latencyMs: 8,
      jitterMs: 3,
      loss: 0.05,
      bursts: { enter: 0.02, leave: 0.3, loss: 0.8 },
      duplicate: 0.05,
      reorder: 0.1,
      mtuBytes: 1_400,
      bytesPerSecond: 60_000,
      queueBytes: 3_000,
    },
  });
  const texts = Array.from({ length: 6 }, (_, i) => `10.0.0.${i + 1}:9`);
  for (const [i, text] of texts.entries()) {
    const host = world.host(`host${i}`);
    const transport = network.bind(
      host,
      text,
      sinkWith({
        received(buffer, at, length, from) {
          if (host.random.oneIn(2)) transport.send(from, buffer, at, length, length);
        },
      }),
    );
    const tick = (): void => {
      const bytes = host.random.bytes(4 + host.random.below(3_000));
      transport.send(addressOf(transport, host.random.pick(texts)), bytes, 0, bytes.length, 1_450);
      world.afterOn(host, host.random.below(20), tick);
    };
    tick();
  }
  world.after(300, () => network.setDown("host1", true));
  world.after(500, () => network.setDown("host1", false));
  world.after(600, () => network.link("host2", "*", { cut: true }));
  world.after(700, () => network.move("10.0.0.4:9", "10.9.9.9:9"));
  world.run(1_000);
  expect(accounted(network)).toBe(true);
  return network.trace;
}

describe("the network", () => {
  it("gives the same trace for the same seed, byte for byte, and another for another", () => {
    const first = busy(1);
    expect(first.split("\n").length).toBeGreaterThan(500);
    for (const fate of ["delivered", "lost", "burst", "mtu", "queue", "cut", "down", "nobody"]) {
      expect(first.includes(` ${fate}\n`), fate).toBe(true);
    }
    expect(busy(1) === first).toBe(true);
    expect(busy(2) === first).toBe(false);
    expect(busy(3) === busy(2)).toBe(false);
  });

  it("writes a line for each fate", () => {
    const pair = createPair({ latencyMs: 2 });
    pair.send(1, 8);
    pair.world.run(5);
    pair.network.between("one", "two", { cut: true });
    pair.send(2, 8);
    expect(pair.network.trace).toBe(
      "1002.000000 #1 10.0.0.1:1 > 10.0.0.2:2 8 553a29a2 delivered\n" +
        "1005.000000 #2 10.0.0.1:1 > 10.0.0.2:2 8 0e92e1df cut\n",
    );
  });

  it("loses what a host that is down would send or receive", () => {
    const pair = createPair({ latencyMs: 10 });
    pair.send(1);
    pair.world.run(5);
    pair.network.setDown("two", true);
    pair.world.run(50);
    pair.network.setDown("one", true);
    pair.send(2);
    pair.network.setDown("one", false);
    pair.network.setDown("two", false);
    pair.send(3);
    pair.world.run(50);
    expect(pair.numbers()).toEqual([3]);
    expect(pair.network.counters.dropped.down).toBe(2);
  });

  it("tells of nobody only where links say so, and after the way there and back", () => {
    const pair = createPair({ latencyMs: 10 });
    const told: [string, number][] = [];
    const c = pair.network.bind(
      pair.world.host("three"),
      "10.0.0.3:3",
      sinkWith({ unreachable: (to, nowMs) => void told.push([to.text, nowMs]) }),
    );
    const nowhere = addressOf(c, "10.0.0.44:4");
    sendNumbered(c, nowhere, 1, 10);
    pair.world.run(100);
    expect(told).toEqual([]);
    pair.network.link("three", "*", { icmp: true });
    sendNumbered(c, nowhere, 2, 10);
    pair.world.run(100);
    expect(told).toEqual([["10.0.0.44:4", 1_120]]);
    c.icmp(B);
    pair.world.run(0);
    expect(told.at(-1)?.[0]).toBe(B);
  });

  it("follows a NAT whose outside changes: the old one leads nowhere", () => {
    const pair = createPair();
    pair.network.nat(A, "192.0.2.1:1000");
    pair.send(1);
    pair.world.run(10);
    pair.network.nat(A, "192.0.2.1:2000");
    pair.send(2);
    pair.world.run(10);
    expect(pair.arrivals.map(({ from }) => from)).toEqual(["192.0.2.1:1000", "192.0.2.1:2000"]);
    for (const text of ["192.0.2.1:1000", A, "192.0.2.1:2000"]) {
      sendNumbered(pair.b, addressOf(pair.b, text), 9, 50);
    }
    pair.world.run(10);
    expect(pair.a.counters.datagramsReceived).toBe(1);
    expect(pair.network.counters.dropped.nobody).toBe(2);
    expect(pair.a.localAddresses.map(({ text }) => text)).toEqual([A]);
  });

  it("lets in through a NAT only who was sent to lately", () => {
    const pair = createPair();
    pair.network.nat(A, "192.0.2.1:1000", { rememberMs: 30_000 });
    const back = (): void => {
      sendNumbered(pair.b, addressOf(pair.b, "192.0.2.1:1000"), 9, 50);
      pair.world.run(10);
    };
    back();
    expect(pair.a.counters.datagramsReceived).toBe(0);
    pair.send(1);
    pair.world.run(29_000);
    back();
    expect(pair.a.counters.datagramsReceived).toBe(1);
    pair.world.run(2_000);
    back();
    expect(pair.a.counters.datagramsReceived).toBe(1);
    expect(pair.network.counters.dropped.nat).toBe(2);
  });

  it("moves an address: what is on its way to the old one finds nobody", () => {
    const pair = createPair({ latencyMs: 10 });
    pair.send(1);
    pair.network.move(B, "10.0.7.7:7");
    pair.world.run(50);
    expect(pair.network.counters.dropped.nobody).toBe(1);
    expect(pair.b.localAddresses.map(({ text }) => text)).toEqual(["10.0.7.7:7"]);
    sendNumbered(pair.a, addressOf(pair.a, "10.0.7.7:7"), 2, 50);
    pair.world.run(50);
    expect(pair.numbers()).toEqual([2]);
    expect(() => pair.network.move("10.0.7.7:7", A)).toThrow(/taken/);
  });

  it("sends from the address that is nearest to where it goes", () => {
    const { world, network, arrivals, b } = createPair();
    const both = network.bind(
      world.host("both"),
      ["10.1.0.1:5", "10.0.0.9:5", "[fd00::1]:5"],
      sinkWith(),
    );
    sendNumbered(both, addressOf(both, B), 1, 10);
    world.run(10);
    expect(arrivals[0]?.from).toBe("10.0.0.9:5");
    expect(b.send(addressOf(b, "[fd00::1]:5"), new Uint8Array(10), 0, 10, 10)).toBe(true);
    expect(b.counters.droppedNoRoute).toBe(1);
  });

  it("shows every datagram to taps, which can take it out or change it", () => {
    const pair = createPair();
    const seen: string[] = [];
    const untap = pair.network.tap(({ from, to, bytes, nowMs }) => {
      seen.push(`${from} ${to} ${bytes.length} ${nowMs}`);
      if (bytes[3] === 1) return false;
      return bytes[3] === 2 ? Uint8Array.of(0, 0, 0, 77, 1) : undefined;
    });
    for (const number of [1, 2, 3]) pair.send(number);
    pair.world.run(10);
    untap();
    pair.send(1);
    pair.world.run(10);
    expect(pair.numbers()).toEqual([77, 3, 1]);
    expect(pair.arrivals[0]?.length).toBe(5);
    expect(seen).toEqual(Array(3).fill(`${A} ${B} 100 1000`));
    expect(pair.network.counters.dropped.tapped).toBe(1);
    expect(accounted(pair.network)).toBe(true);
  });

  it("lets strangers send from any address, past every impairment", () => {
    const pair = createPair({ loss: 1 });
    pair.network.inject("203.0.113.5:53", B, Uint8Array.of(0, 0, 0, 5));
    pair.network.inject(A, B, Uint8Array.of(0, 0, 0, 6), 40);
    pair.network.inject(A, "10.0.0.77:7", Uint8Array.of(0));
    pair.world.run(100);
    expect(pair.arrivals.map(({ number, from, atMs }) => [number, from, atMs])).toEqual([
      [5, "203.0.113.5:53", 1_000],
      [6, A, 1_040],
    ]);
    expect(pair.network.counters).toMatchObject({ injected: 3, delivered: 2, sent: 0 });
    expect(accounted(pair.network)).toBe(true);
  });

  it("loses what a machine has no room for while its process stands still", () => {
    const world = createWorld({ seed: 1 });
    const network = createNetwork({ world });
    const slow = world.host("slow");
    const b = network.bind(slow, B, sinkWith(), { receiveBufferBytes: 1_000 });
    const a = network.bind(world.host("fast"), A, sinkWith());
    slow.pause(500);
    for (let i = 0; i < 20; i++) sendNumbered(a, addressOf(a, B), i, 100);
    world.run(400);
    expect(b.counters.datagramsReceived).toBe(0);
    world.run(400);
    expect(b.counters.datagramsReceived).toBe(10);
    expect(network.counters.dropped.overflow).toBe(10);
  });

  it("spoils what was received once it has been told", () => {
    const kept: Uint8Array[] = [];
    const { world, network, a } = createPair();
    network.bind(
      world.host("careless"),
      "10.0.0.3:3",
      sinkWith({
        received: (buffer, at, length) => void kept.push(buffer.subarray(at, at + length)),
      }),
    );
    sendNumbered(a, addressOf(a, "10.0.0.3:3"), 1, 8);
    world.run(10);
    expect(kept[0]).toEqual(new Uint8Array(8).fill(0xdb));
  });

  it("can block a queue, and take away a route", () => {
    const calls: string[] = [];
    const { world, network } = createPair();
    const c = network.bind(
      world.host("three"),
      "10.0.0.3:3",
      sinkWith({
        failed: (to) => void calls.push(`failed ${to.text}`),
        writable: () => void calls.push("writable"),
      }),
    );
    const to = addressOf(c, B);
    const bytes = new Uint8Array(100);
    c.blocked = true;
    expect(c.send(to, bytes, 0, 100, 40)).toBe(false);
    expect(c.counters.droppedQueueFull).toBe(3);
    c.blocked = false;
    expect(calls).toEqual([]);
    world.run(0);
    c.setRoute(B, false);
    expect(c.send(to, bytes, 0, 100, 100)).toBe(true);
    expect(calls).toEqual(["writable"]);
    world.run(0);
    expect(calls).toEqual(["writable", `failed ${B}`]);
    c.setRoute(B, true);
    c.send(to, bytes, 0, 100, 100);
    expect(c.counters).toMatchObject({ datagramsSent: 1, droppedNoRoute: 1 });
  });

  it("gives the address of a process that was killed to the next one", () => {
    const pair = createPair();
    const { host } = pair.b;
    expect(() => pair.network.bind(pair.world.host("x"), B, sinkWith())).toThrow(/taken/);
    host.kill();
    pair.send(1);
    pair.world.run(10);
    expect(pair.network.counters.dropped.nobody).toBe(1);
    const next = pair.network.bind(pair.world.host("two"), B, sinkWith());
    pair.send(2);
    pair.world.run(10);
    expect(next.counters.datagramsReceived).toBe(1);
    expect(pair.numbers()).toEqual([]);
  });
});
