// SPDX-License-Identifier: GPL-3.0-or-later

// What waits: bounded in bytes and time, sealed once, never overtaken.

import { describe, expect, it } from "vitest";
import type { SessionLimits } from "../../../server/src/session/index.js";
import { DEFAULT_LIMITS } from "../../../server/src/session/index.js";
import { createSessionLab, textOf } from "../../support/session-lab.js";

function createScene(limits: Partial<SessionLimits> = {}) {
  const lab = createSessionLab({ limits: { ...DEFAULT_LIMITS, ...limits } });
  const [home, away] = [lab.daemon("home"), lab.daemon("away")];
  const [alice, bob] = [lab.node("alice"), lab.node("bob")];
  home.open(alice);
  return { lab, home, away, alice, bob };
}

describe("what waits", () => {
  it("is given up after 10 s, and counted", () => {
    const { lab, home, alice, bob } = createScene();
    for (const word of ["one", "two", "three"]) home.send(alice, bob, word);
    expect(home.sessions.stats()).toMatchObject({ waitingRemotes: 1, remotes: 1 });
    lab.run(9_900);
    expect(home.events).toEqual([]);
    lab.run(700);
    expect(home.events).toEqual(["gave up 3 for bob"]);
    expect(home.sessions.counters.givenUp).toBe(3);
    expect(home.sessions.stats()).toMatchObject({ waitingRemotes: 0, waitingBytes: 0 });
  });

  it("is given up when the peer never answers, and the next message is a new beginning", () => {
    const { lab, home, away, alice, bob } = createScene();
    away.open(bob);
    lab.network.fate = ({ from }) => (from === "home" ? [] : [10]);
    home.send(alice, bob, "into the void");
    lab.run(10_600);
    expect(home.events).toEqual(["gave up 1 for bob"]);
    const packets = lab.network.sent.length;
    lab.run(60_000);
    expect(lab.network.sent.length).toBe(packets);
    lab.network.fate = () => [10];
    home.send(alice, bob, "hello");
    lab.runUntil("hello", () => away.letters.length > 0, 100);
  });

  it("loses the oldest where a pair, a node or the daemon has too much of it", () => {
    const room = 3 * (1_000 + 36);
    for (const limits of [{ pairBytes: room }, { nodeBytes: room }, { totalBytes: room }]) {
      const { lab, home, away, alice, bob } = createScene(limits);
      for (let i = 0; i < 10; i++) home.send(alice, bob, `${i}`.padEnd(1_000, "."));
      expect(home.sessions.counters.lostWaiting).toBe(7);
      expect(home.sessions.stats().waitingBytes).toBeLessThanOrEqual(room);
      away.open(bob);
      home.sessions.networkSink.wayCameUp(lab.nowMs);
      lab.run(200);
      expect(away.letters.map((letter) => textOf(letter)[0])).toEqual(["7", "8", "9"]);
      expect(home.sessions.stats().waitingBytes).toBe(0);
    }
  });

  it("one node does not take another's room beyond the whole", () => {
    const limits = { nodeBytes: 64 * 1024, totalBytes: 128 * 1024, pairBytes: 32 * 1024 };
    const { lab, home, away, alice, bob } = createScene(limits);
    const carol = lab.node("carol");
    home.open(carol);
    for (let i = 0; i < 50; i++) home.send(alice, lab.node(`nobody ${i}`), lab.random.bytes(8_000));
    expect(home.sessions.stats().waitingBytes).toBeLessThanOrEqual(64 * 1024);
    home.send(carol, bob, "small");
    away.open(bob);
    lab.runUntil("small", () => away.letters.length > 0, 8_000);
  });

  it("stays for want of room on the way, is sent once, and in order", () => {
    const { lab, home, away, alice, bob } = createScene();
    away.open(bob);
    home.send(alice, bob, "first");
    lab.run(200);
    let room = 0;
    home.place.room = () => room-- > 0;
    expect(home.send(alice, bob, "second")).toBe("accepted");
    expect(home.send(alice, bob, "third")).toBe("accepted");
    lab.run(100);
    room = 10;
    home.sessions.networkSink.writable(lab.nowMs);
    expect(home.events).toEqual([]);
    expect(home.send(alice, bob, "fourth")).toBe("accepted");
    lab.run(100);
    expect(away.letters.map(textOf)).toEqual(["first", "second", "third", "fourth"]);
    // The same sealed bytes again (O1): no counter was left out.
    expect(home.sessions.counters.sent).toBe(4);
  });

  it("tells who sends in rows that it is crowded, and once when it is not any more", () => {
    const { lab, home, away, alice, bob } = createScene();
    away.open(bob);
    home.send(alice, bob, "first");
    lab.run(200);
    home.place.room = () => false;
    const outcomes = Array.from({ length: 20 }, () =>
      home.send(alice, bob, lab.random.bytes(10_000)),
    );
    // One is held, sealed; 13 more make 128 KiB.
    expect(outcomes.indexOf("crowded")).toBe(14);
    expect(outcomes.slice(14)).toEqual(Array(6).fill("crowded"));
    expect(home.sessions.counters.crowded).toBe(1);
    let room = 5;
    home.place.room = () => room-- > 0;
    home.sessions.networkSink.writable(lab.nowMs);
    expect(home.events).toEqual([]);
    room = 100;
    home.sessions.networkSink.writable(lab.nowMs);
    expect(home.events).toEqual(["relieved alice"]);
    lab.run(100);
    expect(away.letters).toHaveLength(21);
    expect(home.sessions.counters.lostWaiting).toBe(0);
  });

  it("relieves who waits for what is given up, or pushed out, but never within a send", () => {
    const limits = { ...DEFAULT_LIMITS, pairs: 1 };
    const { lab, home, alice, bob } = createScene(limits);
    for (let i = 0; i < 20; i++) home.send(alice, bob, lab.random.bytes(10_000));
    lab.run(11_000);
    expect(home.events.filter((event) => event.startsWith("relieved"))).toEqual(["relieved alice"]);
    const carol = lab.node("carol");
    for (let i = 0; i < 20; i++) home.send(alice, carol, lab.random.bytes(10_000));
    const before = home.events.length;
    home.send(alice, lab.node("dora"), "pushes carol out");
    expect(home.events.slice(before)).toEqual([]);
    lab.run(1);
    expect(home.events.slice(before)).toEqual(["relieved alice"]);
  });

  it("is held while the route is lost, and asks for it", () => {
    const { lab, home, away, alice, bob } = createScene();
    away.open(bob);
    home.send(alice, bob, "first");
    lab.run(200);
    home.place.forget();
    home.place.network.attach(alice.attachment, lab.nowMs);
    for (const word of ["second", "third", "fourth"]) home.send(alice, bob, word);
    expect(home.place.asked).toHaveLength(2);
    lab.run(200);
    expect(away.letters.map(textOf)).toEqual(["first", "second", "third", "fourth"]);
  });

  it("goes with its node: nothing survives into a reopening", () => {
    const { lab, home, away, alice, bob } = createScene();
    home.send(alice, bob, "of before");
    home.close(alice);
    expect(home.sessions.stats()).toMatchObject({ nodes: 0, remotes: 0, waitingBytes: 0 });
    home.open(alice);
    away.open(bob);
    home.sessions.networkSink.wayCameUp(lab.nowMs);
    lab.run(12_000);
    expect(away.letters).toEqual([]);
    expect(home.events).toEqual([]);
    expect(lab.clock.armedForMs).toBeUndefined();
  });
});
