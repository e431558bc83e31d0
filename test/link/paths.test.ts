// SPDX-License-Identifier: GPL-3.0-or-later

// What happens to traffic when ways die, change and come back.

import { describe, expect, it } from "vitest";
import { A1, A2, B1, B2, createLinkLab, type LinkLab } from "../sim/link-lab.js";
import { startStream, usedBy } from "./stream.js";

function twoPaths(latencyMs: number): LinkLab {
  const lab = createLinkLab({ aTexts: [A1, A2], bTexts: [B1, B2], link: { latencyMs } });
  lab.a.add(B1, B2);
  lab.b.add(A1, A2);
  lab.a.connect();
  lab.untilUp();
  lab.world.run(3_000);
  return lab;
}

describe("a link with two paths", () => {
  for (const latencyMs of [1, 40]) {
    it(`moves in less than a second when the used one dies silently (${latencyMs} ms)`, () => {
      const lab = twoPaths(latencyMs);
      const { world, network, a, b } = lab;
      const streams = [startStream(lab, a, b), startStream(lab, b, a)];
      world.run(5_000);
      for (const stream of streams) stream.forget();
      const used = usedBy(a);
      const net = used === B1 ? "10.0.0" : "10.1.0";
      network.between(`${net}.1`, `${net}.2`, { cut: true });
      world.run(5_000);
      expect(usedBy(a)).toBe(used === B1 ? B2 : B1);
      for (const stream of streams) expect(stream.largestGapMs).toBeLessThan(1_000);
      expect(a.events.filter((event) => event.startsWith("down"))).toEqual([]);
      // And the way back is open again when the path is.
      network.between(`${net}.1`, `${net}.2`, { cut: false });
      world.run(40_000);
      const states = a.link.stats().paths.map(({ state }) => state);
      expect(states.sort()).toEqual(["usable", "used"]);
    });
  }

  it("moves to a clearly better one, and not to and fro", () => {
    const lab = createLinkLab({ aTexts: [A1, A2], bTexts: [B1, B2], link: { latencyMs: 5 } });
    const { world, network, a, b } = lab;
    network.between("10.0.0.1", "10.0.0.2", { latencyMs: 60, jitterMs: 5 });
    a.add(B1, B2);
    a.connect();
    lab.untilUp();
    const toB = startStream(lab, a, b);
    world.run(30_000);
    toB.stop();
    expect(usedBy(a)).toBe(B2);
    expect(a.link.stats().counters.moves).toBeLessThanOrEqual(1);
  });

  it("stays with its path when another is as good", () => {
    const lab = twoPaths(20);
    lab.network.between("*", "*", { jitterMs: 6, loss: 0.01 });
    const toB = startStream(lab, lab.a, lab.b);
    lab.world.run(60_000);
    toB.stop();
    expect(lab.a.link.stats().counters.moves).toBeLessThanOrEqual(1);
  });

  it("leaves one at once when the machine has no way there any more", () => {
    const lab = twoPaths(5);
    const { world, a, b } = lab;
    const toB = startStream(lab, a, b);
    world.run(1_000);
    toB.forget();
    a.transport.setRoute(usedBy(a) ?? "", false);
    world.run(1_000);
    expect(toB.largestGapMs).toBeLessThan(50);
  });
});

describe("a peer that comes back", () => {
  for (const downMs of [500, 2_000, 20_000, 59_000]) {
    it(`after ${downMs} ms off the network, resumes in less than a second`, () => {
      const lab = createLinkLab();
      const { world, network, a, b } = lab;
      a.add(B1);
      a.connect();
      lab.untilUp();
      const toB = startStream(lab, a, b);
      world.run(1_000);
      network.setDown("b", true);
      world.run(downMs);
      network.setDown("b", false);
      const packets = b.packets;
      expect(world.runUntil("a packet arrives", () => b.packets > packets)).toBeLessThan(1_000);
      expect(Math.max(...toB.arrived.values())).toBe(1);
    });

    it(`after ${downMs} ms of being dead and a restart, resumes in less than a second`, () => {
      const lab = createLinkLab();
      const { world, a, b } = lab;
      a.add(B1);
      a.connect();
      lab.untilUp();
      const toB = startStream(lab, a, b);
      world.run(1_000);
      b.kill();
      world.run(downMs);
      b.restart();
      const packets = b.packets;
      expect(world.runUntil("a packet arrives", () => b.packets > packets)).toBeLessThan(1_000);
      expect(Math.max(...toB.arrived.values())).toBe(1);
    });
  }
});

describe("a NAT", () => {
  const OUTSIDE = "198.51.100.1:4000";
  const REBOUND = "198.51.100.1:5000";

  it("that forgets and gives another address is followed after a challenge", () => {
    const lab = createLinkLab({ link: { latencyMs: 15 } });
    const { world, network, a, b } = lab;
    network.nat(A1, OUTSIDE);
    a.add(B1);
    a.connect();
    lab.untilUp();
    const toA = startStream(lab, b, a);
    const toB = startStream(lab, a, b);
    world.run(2_000);
    expect(usedBy(b)).toBe(OUTSIDE);
    toA.forget();
    const bytes = { in: 0, out: 0, early: 0 };
    let answered = false;
    network.tap((datagram) => {
      if (datagram.from === REBOUND) bytes.in += datagram.bytes.length;
      if (datagram.to !== REBOUND) return undefined;
      bytes.out += datagram.bytes.length;
      if (usedBy(b) === REBOUND) answered = true;
      if (!answered && bytes.out > bytes.in) bytes.early += 1;
      return undefined;
    });
    network.nat(A1, REBOUND);
    world.run(3_000);
    expect(usedBy(b)).toBe(REBOUND);
    expect(bytes.early).toBe(0);
    expect(toA.largestGapMs).toBeLessThan(1_000);
    expect(Math.max(...toA.arrived.values())).toBe(1);
    expect(toB.arrived.size).toBeGreaterThan(toB.sent - 10);
  });

  it.each([1, 2, 3, 4])(
    "that forgets is followed when all traffic is one way (seed %i)",
    (seed) => {
      const lab = createLinkLab({ seed, link: { latencyMs: 1 } });
      const { world, network, a, b } = lab;
      network.nat(A1, OUTSIDE);
      a.add(B1);
      a.connect();
      lab.untilUp();
      startStream(lab, a, b);
      world.run(2_000 + 1_000 * seed);
      network.nat(A1, REBOUND);
      const tookMs = world.runUntil("b follows", () => usedBy(b) === REBOUND, 30_000);
      expect(tookMs).toBeLessThan(1_000);
    },
  );

  it("that forgets is followed after a single packet", () => {
    const lab = createLinkLab({ link: { latencyMs: 1 } });
    const { world, network, a, b } = lab;
    network.nat(A1, OUTSIDE);
    a.add(B1);
    a.connect();
    lab.untilUp();
    const stop = world.nowMs + 2_000;
    while (world.nowMs < stop) {
      a.send(new Uint8Array(10));
      world.run(10);
    }
    network.nat(A1, REBOUND);
    a.send(new Uint8Array(10));
    expect(world.runUntil("b follows", () => usedBy(b) === REBOUND, 30_000)).toBeLessThan(1_000);
  });

  it("keeps its mapping while nothing flows", () => {
    const lab = createLinkLab();
    const { world, network, a, b } = lab;
    network.nat(A1, OUTSIDE, { rememberMs: 30_000 });
    a.add(B1);
    a.connect();
    lab.untilUp();
    world.run(600_000);
    const packets = a.packets;
    expect(b.send(new Uint8Array(10))).toBe(true);
    world.run(100);
    expect(a.packets).toBe(packets + 1);
  });
});
