// SPDX-License-Identifier: GPL-3.0-or-later

// How a link comes up, ends, and begins again.

import { describe, expect, it } from "vitest";
import { MAX_PACKET_BYTES } from "../../server/src/link/index.js";
import { A1, B1, createLinkLab } from "../sim/link-lab.js";
import { startStream } from "./stream.js";

function up(options: Parameters<typeof createLinkLab>[0] = {}) {
  const lab = createLinkLab(options);
  lab.a.add(B1);
  lab.a.connect();
  lab.untilUp();
  return lab;
}

describe("a link", () => {
  it("comes up in two round trips, and carries packets of every size both ways", () => {
    const lab = createLinkLab({ link: { latencyMs: 10 } });
    const { world, a, b } = lab;
    a.add(B1);
    a.connect();
    expect(lab.untilUp()).toBeLessThanOrEqual(50);
    const sizes = [0, 1, 64, 1_162, 1_163, 1_166, 1_200, 5_000, 65_535, MAX_PACKET_BYTES];
    const got: Record<string, number[]> = { a: [], b: [] };
    for (const node of [a, b])
      node.onPacket = (_buffer, _at, length) => got[node.name]?.push(length);
    for (const size of sizes) {
      expect(a.send(new Uint8Array(size))).toBe(true);
      expect(b.send(new Uint8Array(size))).toBe(true);
    }
    expect(a.send(new Uint8Array(MAX_PACKET_BYTES + 1))).toBe(false);
    world.run(2_000);
    for (const list of Object.values(got)) expect(list.sort((x, y) => x - y)).toEqual(sizes);
    expect(a.link.stats().counters.droppedTooLong).toBe(1);
  });

  it("tells how quick the way is as soon as that has been measured", () => {
    let measured = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const { world, a, b } = up({ seed, link: { latencyMs: 20, loss: 0.2 } });
      world.run(1_000);
      for (const { link, events } of [a, b]) {
        const isMeasured = link.stats().paths.some(({ rttMicros = 0 }) => rttMicros > 0);
        if (!isMeasured) continue;
        measured += 1;
        expect(events, `seed ${seed}`).toContain("changed");
      }
    }
    expect(measured).toBeGreaterThan(50);
  });

  it("does not take for a round trip what was sent again before it was confirmed", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { world, a, b } = up({ seed, link: { latencyMs: 5, loss: 0.35 } });
      for (let i = 0; i < 20; i++) {
        a.send(new Uint8Array(10));
        b.send(new Uint8Array(10));
        world.run(10);
        for (const { link } of [a, b]) {
          const [path] = link.stats().paths;
          expect(path?.rttMicros ?? 0, `seed ${seed}`).toBeLessThan(45_000);
        }
      }
    }
  });

  it("keeps what waits while the neighbour stands still, and loses nothing when it goes on", () => {
    // The way itself never runs over.
    const link = { bytesPerSecond: 20_000_000, latencyMs: 2, queueBytes: 1 << 24 };
    const { world, a, b } = up({ link });
    world.run(2_000);
    // The machine of the neighbour holds what comes, the process does not run.
    b.host.pause(2_000);
    for (let i = 0; i < 60; i++) expect(a.send(new Uint8Array(50_000))).toBe(true);
    world.run(100);
    expect(a.link.stats().queuedPackets).toBeGreaterThan(5);
    world.run(6_000);
    expect(b.packets).toBe(60);
    expect(a.link.stats().counters.droppedQueueAge).toBe(0);
    expect(a.events.filter((event) => event.startsWith("down"))).toEqual([]);
  });

  it("adds no latency when idle: a packet leaves in the turn it came in", () => {
    const { world, a, b } = up({ link: { latencyMs: 10 } });
    world.run(1_000);
    const sentMs = world.nowMs;
    let arrivedMs = 0;
    b.onPacket = (_buffer, _at, _length, nowMs) => {
      arrivedMs = nowMs;
    };
    a.send(new Uint8Array(100));
    world.run(100);
    expect(arrivedMs - sentMs).toBe(10);
  });

  it("puts small packets of one turn into one datagram", () => {
    const { world, network, a, b } = up();
    world.run(1_000);
    const before = network.counters.sent;
    for (let i = 0; i < 100; i++) a.send(new Uint8Array(10));
    world.run(1);
    expect(b.packets).toBe(100);
    expect(network.counters.sent - before).toBe(1);
  });

  it("refuses what it cannot send, and counts it", () => {
    const { a, b } = createLinkLab();
    expect(a.send(new Uint8Array(1))).toBe(false);
    expect(a.sendControl(new Uint8Array(1))).toBe(false);
    expect(a.link.stats().counters.droppedDown).toBe(1);
    const lab = up();
    expect(lab.a.sendControl(new Uint8Array(65_537))).toBe(false);
    expect(b.link.stats().up).toBe(false);
  });

  it("tells at once that it is in doubt, long before it is down, and when it is not any more", () => {
    const lab = up({ link: { latencyMs: 10 } });
    const { world, network, a, b } = lab;
    const stream = startStream(lab, a, b);
    world.run(3_000);
    const before = a.events.length;
    network.between("*", "*", { cut: true });
    const cutMs = world.nowMs;
    world.run(1_000);
    const told = a.events.slice(before);
    expect(told).toContain("doubtful");
    expect(told).not.toContain("down silent");
    const doubtedMs = a.eventsMs[before + told.indexOf("doubtful")] ?? Number.NaN;
    expect(doubtedMs - cutMs).toBeLessThan(400);
    network.between("*", "*", { cut: false });
    const healedMs = world.nowMs;
    world.runUntil("it is not in doubt any more", () => a.events.at(-1) === "changed", 5_000);
    expect(world.nowMs - healedMs).toBeLessThan(1_000);
    stream.stop();
  });

  it("tells when its queue has room again, and loses only what it counts", () => {
    // The way itself never runs over.
    const link = { bytesPerSecond: 5_000_000, latencyMs: 2, queueBytes: 1 << 24 };
    const { world, a, b } = up({ link });
    let taken = 0;
    while (a.send(new Uint8Array(60_000)) && taken < 1_000) taken += 1;
    expect(taken).toBeLessThan(1_000);
    const full = a.link.stats();
    expect(full.queuedBytes).toBeLessThanOrEqual(4 * 1024 * 1024 + MAX_PACKET_BYTES);
    world.run(3_000);
    expect(a.events).toContain("writable");
    const { droppedQueueFull, droppedQueueAge } = a.link.stats().counters;
    expect(droppedQueueFull).toBe(1);
    expect(droppedQueueAge).toBeGreaterThan(0);
    expect(b.packets + droppedQueueAge).toBe(taken);
  });

  it("has little room for one flow and as much for another, and loses nothing of who asks", () => {
    const link = { bytesPerSecond: 5_000_000, latencyMs: 2, queueBytes: 1 << 24 };
    const { world, a, b } = up({ link });
    const fill = (flow: number): number => {
      let sent = 0;
      for (; a.link.hasRoom(flow) && sent < 1_000; sent++) a.send(new Uint8Array(10_000), flow);
      return sent;
    };
    const first = fill(1);
    expect(first).toBeGreaterThan(20);
    expect(first).toBeLessThan(60);
    const second = fill(2);
    expect(second).toBeGreaterThan(20);
    expect(a.events).not.toContain("writable");
    world.runUntil("there is room", () => a.events.includes("writable"), 1_000);
    const third = fill(1);
    expect(third).toBeGreaterThan(0);
    world.run(1_000);
    expect(a.events.filter((event) => event === "writable").length).toBeGreaterThan(1);
    const { droppedQueueFull, droppedQueueAge } = a.link.stats().counters;
    expect([droppedQueueFull, droppedQueueAge]).toEqual([0, 0]);
    expect(b.packets).toBe(first + second + third);
  });

  it("stays up over rekeys, in traffic and idle, and loses nothing by them", () => {
    const lab = up();
    const toB = startStream(lab, lab.a, lab.b, 20);
    lab.world.run(400_000);
    toB.stop();
    lab.world.run(100);
    expect(toB.arrived.size).toBe(toB.sent);
    expect(Math.max(...toB.arrived.values())).toBe(1);
    lab.world.run(400_000);
    expect(lab.a.events.filter((event) => event !== "changed")).toEqual(["up"]);
    expect(lab.b.events.filter((event) => event !== "changed")).toEqual(["up"]);
  });

  it("costs little while nothing flows", () => {
    const { world, network } = up();
    world.run(30_000);
    const before = network.counters.sent;
    world.run(60_000);
    // Keepalives of both ends with their answers and acknowledgements.
    expect(network.counters.sent - before).toBeLessThan(40);
  });

  it("notices a dead peer without traffic within half a minute", () => {
    const { world, a, b } = up();
    world.run(10_000);
    b.kill();
    expect(world.runUntil("it is down", () => !a.link.up())).toBeLessThan(30_000);
    expect(a.events).toContain("down silent");
  });
});

describe("another network", () => {
  it("is told so, and nothing passes", () => {
    const lab = createLinkLab({ bTag: 2 });
    const { world, a, b } = lab;
    a.add(B1);
    a.connect();
    world.run(5_000);
    expect(a.events.concat(b.events)).not.toContain("up");
    expect(a.events).toContain("down other-network");
    expect(b.events).toContain("down other-network");
    const sent = lab.network.counters.sent;
    world.run(60_000);
    expect(lab.network.counters.sent).toBe(sent);
  });
});

describe("closing", () => {
  it("is told to the peer, who dials again when it only stops", () => {
    const { world, a, b } = up();
    b.link.close("shutting-down", world.nowMs);
    b.kill();
    world.run(300);
    expect(a.events.at(-1)).toBe("down peer-shutting-down");
    expect(a.link.up()).toBe(false);
    b.restart();
    expect(world.runUntil("up again", () => a.link.up() && b.link.up())).toBeLessThan(1_000);
    expect(a.send(new Uint8Array(9))).toBe(true);
    world.run(10);
    expect(b.packets).toBe(1);
  });

  it("for good leaves the peer at rest until it is told to connect", () => {
    const { world, network, a, b } = up();
    b.link.close("refused", world.nowMs);
    world.run(100);
    expect(a.events.at(-1)).toBe("down peer-refused");
    const sent = network.counters.sent;
    world.run(100_000);
    expect(network.counters.sent).toBe(sent);
    b.restart();
    b.link.close("refused", world.nowMs);
    a.connect();
    world.run(1_000);
    expect(network.counters.sent).toBeGreaterThan(sent);
  });
});

describe("control messages", () => {
  const numbered = (i: number, bytes: number) => {
    const message = new Uint8Array(bytes);
    new DataView(message.buffer).setUint32(0, i);
    return message;
  };
  const numbers = (messages: readonly Uint8Array[]) =>
    messages.map((m) => new DataView(m.buffer, m.byteOffset).getUint32(0));

  it("arrive in order and once over a bad path and several sessions", () => {
    const lab = up({ link: { loss: 0.2, duplicate: 0.1, reorder: 0.2, latencyMs: 10 } });
    const { world, a, b } = lab;
    let sent = 0;
    for (let i = 0; i < 600; i++) {
      if (a.sendControl(numbered(sent, 4 + ((i * 977) % 20_000)))) sent += 1;
      world.run(500);
    }
    world.run(10_000);
    expect(sent).toBeGreaterThan(590);
    expect(numbers(b.controls)).toEqual(Array.from({ length: sent }, (_, i) => i));
    expect(a.link.stats().counters.controlRetransmitted).toBeGreaterThan(100);
  });

  it("reach nobody who has not been told that the link is up, and are not lost for it", () => {
    // Where the first HELLO is lost, the next one comes in one datagram with what follows it.
    for (let seed = 1; seed <= 200; seed++) {
      const lab = createLinkLab({ seed, link: { latencyMs: 5, loss: 0.3 } });
      const { world, a, b } = lab;
      a.add(B1);
      b.add(A1);
      a.connect();
      b.connect();
      const silent = new Set([a, b]);
      world.runUntil(
        `seed ${seed}: both have heard what the other says first`,
        () => {
          for (const node of silent) {
            if (!node.link.up()) continue;
            node.sendControl(Uint8Array.of(seed));
            node.send(Uint8Array.of(1));
            silent.delete(node);
          }
          return a.controls.length + b.controls.length === 2;
        },
        60_000,
      );
      const early = [...a.events, ...b.events].filter((event) => event.endsWith("before up"));
      expect(early, `seed ${seed}`).toEqual([]);
    }
  });

  it("begin anew with a peer that has restarted: nothing of before reaches it", () => {
    const lab = up({ link: { latencyMs: 5, loss: 0.1 } });
    const { world, a, b } = lab;
    for (let round = 0; round < 8; round++) {
      const first = b.controls.length;
      for (let i = 0; i < 30; i++) a.sendControl(numbered(round * 100 + i, 3_000));
      world.run(round * 7);
      b.kill();
      const before = numbers(b.controls.slice(first));
      expect(before).toEqual(before.map((_, i) => round * 100 + i));
      b.restart();
      world.runUntil("b is greeted", () => b.link.up() && a.link.up());
      // What a sent before it heard of the restart was for the one before.
      const at = b.controls.length;
      expect(at).toBe(first + before.length);
      for (let i = 50; i < 60; i++) a.sendControl(numbered(round * 100 + i, 2_000));
      world.run(2_000);
      expect(numbers(b.controls.slice(at))).toEqual(
        Array.from({ length: 10 }, (_, i) => round * 100 + 50 + i),
      );
    }
  });
});

describe("the path MTU", () => {
  it("is found, and a path that becomes narrower is noticed", () => {
    const lab = up({ link: { mtuBytes: 1_452, latencyMs: 5 } });
    const { world, network, a } = lab;
    world.run(20_000);
    expect(a.link.stats().paths[0]?.mtu).toBe(1_452);
    const toB = startStream(lab, a, lab.b, 1, 1_400);
    world.run(2_000);
    network.between("*", "*", { mtuBytes: 1_300 });
    toB.forget();
    world.run(10_000);
    toB.stop();
    expect(toB.largestGapMs).toBeLessThan(1_500);
    const mtu = a.link.stats().paths[0]?.mtu ?? 0;
    expect(mtu).toBeLessThanOrEqual(1_300);
    expect(mtu).toBeGreaterThanOrEqual(1_284);
    expect(a.events.filter((event) => event.startsWith("down"))).toEqual([]);
  });

  it("is not looked for without don't-fragment", () => {
    const lab = up({ bind: { dontFragment: false } });
    lab.world.run(20_000);
    expect(lab.a.link.stats().paths[0]?.mtu).toBe(1_200);
    expect(lab.a.link.stats().paths[0]?.address).toBe(B1);
    expect(lab.b.link.stats().paths[0]?.address).toBe(A1);
  });
});
