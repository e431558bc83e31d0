// SPDX-License-Identifier: GPL-3.0-or-later

// What others on the way can do to the paths of a link (rule L2, L3, L4).

import { expect, it } from "vitest";
import { A1, A2, B1, B2, createLinkLab } from "../sim/link-lab.js";
import { startStream, usedBy } from "./stream.js";

const VICTIM = "203.0.113.7:9999";

it("replay-race-from-victim-address-does-not-move-traffic", () => {
  const lab = createLinkLab({ link: { latencyMs: 20 } });
  const { world, network, a, b } = lab;
  a.add(B1);
  a.connect();
  lab.untilUp();
  const toA = startStream(lab, b, a);
  world.run(2_000);

  // Every datagram of a's is copied, and the copy is there first, as if the victim had sent it.
  const bytes = { out: 0, in: 0 };
  let early = 0;
  network.tap((datagram) => {
    if (datagram.to === VICTIM) bytes.out += datagram.bytes.length;
    if (datagram.to === VICTIM && bytes.out > bytes.in) early += 1;
    if (datagram.from !== A1) return undefined;
    bytes.in += datagram.bytes.length;
    network.inject(VICTIM, B1, datagram.bytes.slice(), 1);
    return undefined;
  });
  toA.forget();
  let moved = 0;
  for (let i = 0; i < 200; i++) {
    world.run(50);
    if (usedBy(b) !== A1) moved += 1;
  }
  toA.stop();
  world.run(100);
  expect(moved).toBe(0);
  expect(toA.largestGapMs).toBeLessThan(50);
  expect(toA.arrived.size).toBe(toA.sent);
  expect(early).toBe(0);
  // Three challenges, and three more each second at most: nothing to speak of.
  expect(bytes.out).toBeGreaterThan(0);
  expect(bytes.out).toBeLessThan(11 * 3 * 100);
  const victim = b.link.stats().paths.find(({ address }) => address === VICTIM);
  expect(victim?.state).toBe("unproven");
  expect(b.events).toEqual(expect.not.arrayContaining(["down silent"]));
});

it.each([
  ["message 2", 0x52],
  ["message 3", 0x53],
])("replay-race-from-victim-address-does-not-move-traffic: %s", (_name, type) => {
  const lab = createLinkLab({ link: { latencyMs: 20 } });
  const { world, network, a, b } = lab;
  // Whoever sees the handshake says it again before the other side does, as if the victim had: the
  // victim is asked, and seems to answer what it was asked.
  const [speaker, hearer, victimised] = type === 0x52 ? [B1, A1, a] : [A1, B1, b];
  let raced = 0;
  let traffic = 0;
  network.tap((datagram) => {
    const first = datagram.bytes[0] ?? 0;
    if (datagram.to === VICTIM && first === 0x55 && datagram.bytes.length > 300) traffic += 1;
    if (datagram.from !== speaker || (first !== type && first !== 0x51)) return undefined;
    network.inject(VICTIM, hearer, datagram.bytes.slice(), 1);
    raced += 1;
    return undefined;
  });
  a.add(B1);
  a.connect();
  let trusted = 0;
  for (let i = 0; i < 4_000; i++) {
    world.run(1);
    const victim = victimised.link.stats().paths.find(({ address }) => address === VICTIM);
    if (victim !== undefined && victim.state !== "unproven") trusted += 1;
    if (victimised.link.up() && i % 10 === 0) victimised.send(new Uint8Array(500));
  }
  expect(raced).toBeGreaterThan(0);
  expect(trusted).toBe(0);
  expect(traffic).toBe(0);
  expect(usedBy(victimised)).toBe(speaker);
  expect(a.link.up() && b.link.up()).toBe(true);
});

it("a challenge that is answered from another address proves nothing", () => {
  const lab = createLinkLab({ link: { latencyMs: 20 } });
  const { world, network, a, b } = lab;
  a.add(B1);
  a.connect();
  lab.untilUp();
  world.run(1_000);
  const toB = startStream(lab, a, b);
  // One datagram of each second is copied, so that the victim's address is learned and asked. What
  // is sent there is carried to a, who answers: to B1, from A1.
  let copiedMs = 0;
  let relayed = 0;
  network.tap((datagram) => {
    if (datagram.to === VICTIM) {
      relayed += 1;
      network.inject(B1, A1, datagram.bytes.slice(), 1);
      return false;
    }
    if (datagram.from === A1 && datagram.bytes.length > 400 && world.nowMs > copiedMs + 1_000) {
      copiedMs = world.nowMs;
      network.inject(VICTIM, B1, datagram.bytes.slice(), 1);
    }
    return undefined;
  });
  let proven = 0;
  for (let i = 0; i < 200; i++) {
    world.run(50);
    const victim = b.link.stats().paths.find(({ address }) => address === VICTIM);
    if (victim !== undefined && victim.state !== "unproven") proven += 1;
  }
  toB.stop();
  expect(relayed).toBeGreaterThan(5);
  expect(proven).toBe(0);
  expect(toB.largestGapMs).toBeLessThan(100);
});

it("icmp-unreachable-does-not-cut", () => {
  const lab = createLinkLab();
  const { world, a, b } = lab;
  a.add(B1);
  a.connect();
  lab.untilUp();
  world.run(1_000);
  const toB = startStream(lab, a, b);
  const toA = startStream(lab, b, a);
  world.run(100);
  const before = a.link.stats().paths[0]?.datagramsSent ?? 0;
  toB.forget();
  toA.forget();
  for (let i = 0; i < 1_000; i++) {
    a.transport.icmp(B1);
    b.transport.icmp(A1);
    world.run(5);
  }
  toB.stop();
  toA.stop();
  world.run(100);
  expect(a.events.filter((event) => event.startsWith("down"))).toEqual([]);
  expect(b.events.filter((event) => event.startsWith("down"))).toEqual([]);
  expect(toB.arrived.size).toBe(toB.sent);
  expect(toA.arrived.size).toBe(toA.sent);
  expect(toB.largestGapMs).toBeLessThan(20);
  // It is a reason to ask, ten times a second at most: 1,000 packets and 5 s of both ends' probes.
  const sent = (a.link.stats().paths[0]?.datagramsSent ?? 0) - before;
  expect(sent).toBeLessThan(2 * 1_000 + 4 * 50);
});

it("dual-send-delivers-once", () => {
  const lab = createLinkLab({ aTexts: [A1, A2], bTexts: [B1, B2] });
  const { world, network, a, b } = lab;
  a.add(B1, B2);
  b.add(A1, A2);
  a.connect();
  lab.untilUp();
  world.run(3_000);
  const toB = startStream(lab, a, b);
  world.run(1_000);
  // What a sends still arrives; what answers it on the used path does not: a is in doubt.
  const used = usedBy(a);
  const net = used === B1 ? "10.0.0" : "10.1.0";
  const onEach = new Map<string, number>();
  const same = new Map<string, number>();
  network.tap((datagram) => {
    if (!datagram.from.startsWith("10.") || !datagram.to.endsWith(":200")) return undefined;
    onEach.set(datagram.to, (onEach.get(datagram.to) ?? 0) + 1);
    const bytes = Buffer.from(datagram.bytes).toString("latin1");
    same.set(bytes, (same.get(bytes) ?? 0) + 1);
    return undefined;
  });
  network.link(`${net}.2`, `${net}.1`, { cut: true });
  world.run(3_000);
  toB.stop();
  world.run(500);
  const doubled = [...same.values()].filter((times) => times === 2).length;
  expect(doubled).toBeGreaterThan(10);
  expect(Math.max(...same.values())).toBe(2);
  expect(onEach.size).toBe(2);
  expect(toB.arrived.size).toBe(toB.sent);
  expect(Math.max(...toB.arrived.values())).toBe(1);
  expect(usedBy(a)).toBe(used === B1 ? B2 : B1);
});
