// SPDX-License-Identifier: GPL-3.0-or-later

// Who a message is from, and one key at two daemons: rules M1 and O4.

import { describe, expect, it } from "vitest";
import { createSessionLab, type LabDaemon, textOf } from "../../support/session-lab.js";

function createScene() {
  const lab = createSessionLab();
  const [home, away] = [lab.daemon("home"), lab.daemon("away")];
  const [alice, bob, mallory] = [lab.node("alice"), lab.node("bob"), lab.node("mallory")];
  home.open(alice);
  home.open(mallory);
  away.open(bob);
  home.send(alice, bob, "one");
  home.send(mallory, bob, "other");
  lab.run(200);
  return { lab, home, away, alice, bob, mallory };
}

const told = (daemon: LabDaemon): readonly string[] => daemon.letters.map(textOf);

describe("the source of a message", () => {
  it("header-source-mismatch-dropped", () => {
    const { lab, home, away, alice, bob, mallory } = createScene();
    home.send(alice, bob, "two");
    const packet = lab.network.sent.at(-1);
    if (packet === undefined) throw new Error("expected a packet");
    lab.network.fate = () => [];
    home.send(alice, bob, "three");
    const lost = lab.network.sent.at(-1);
    if (lost === undefined) throw new Error("expected a packet");
    lab.run(100);
    // Authentic bytes of alice's, in the name of mallory, and for another node.
    const mismatches = away.sessions.channelCounters.droppedMismatch;
    lab.network.inject({ ...lost, source: mallory.address }, lab.nowMs);
    const carol = lab.node("carol");
    away.open(carol);
    lab.network.inject({ ...lost, destination: carol.address }, lab.nowMs);
    expect(told(away)).toEqual(["one", "other", "two"]);
    expect(away.sessions.channelCounters.droppedMismatch).toBe(mismatches + 2);
    // As it is, it arrives, and only once.
    lab.network.inject(lost, lab.nowMs);
    lab.network.inject(lost, lab.nowMs);
    expect(told(away)).toEqual(["one", "other", "two", "three"]);
    expect(away.letters.map(({ from }) => from)).toEqual(["alice", "mallory", "alice", "alice"]);
  });

  it("claimed-source-causes-no-lookup", () => {
    const { lab, away, bob } = createScene();
    const asked = away.place.asked.length;
    const { sent } = lab.network;
    const first = sent.find(({ payload }) => payload[0] === 0x51);
    if (first === undefined) throw new Error("expected message 1");
    const nobody = lab.random.bytes(32);
    for (let i = 0; i < 100; i++) {
      const source = lab.random.bytes(32);
      lab.network.inject({ ...first, source, introduce: false }, lab.nowMs);
      const data = Uint8Array.from([0x55, 0, 0, 0, ...lab.random.bytes(40)]);
      lab.network.inject({ ...first, source, introduce: false, payload: data }, lab.nowMs);
      lab.network.inject({ ...first, source: nobody, introduce: false }, lab.nowMs);
    }
    lab.run(10_000);
    expect(away.place.asked.length).toBe(asked);
    expect(away.sessions.counters.droppedNoRoute).toBeGreaterThan(10);
    expect(away.sessions.stats().remotes).toBe(2);
    away.close(bob);
  });
});

describe("one key at two daemons", () => {
  it("two-daemons-one-key-no-duplicate-and-displaced", () => {
    const { lab, home, away, alice, bob } = createScene();
    const third = lab.daemon("third");
    let count = 0;
    const talk = (): void => {
      home.send(alice, bob, `to bob ${count}`);
      if (away.send(bob, alice, `from away ${count}`) === "displaced") refused += 1;
      if (third.letters.length > 0) third.send(bob, alice, `from the third ${count}`);
      count += 1;
      lab.run(20);
    };
    let refused = 0;
    for (let i = 0; i < 20; i++) talk();
    third.open(bob);
    for (let i = 0; i < 20; i++) talk();
    expect(third.letters).toEqual([]);
    // The first message between the two: the one that was opened last speaks.
    third.send(bob, alice, "here is bob");
    const startMs = lab.nowMs;
    while (!away.events.includes("displaced bob")) talk();
    while (third.letters.length === 0) talk();
    expect(lab.nowMs - startMs).toBeLessThan(2_000);
    const before = count;
    for (let i = 0; i < 100; i++) talk();
    expect(refused).toBeGreaterThanOrEqual(100);
    expect(away.sessions.counters.displaced).toBe(refused);
    const atBob = [...told(away), ...told(third)];
    expect(new Set(atBob).size).toBe(atBob.length);
    expect(new Set(told(home)).size).toBe(home.letters.length);
    // From then on everything is for the third, and from it.
    for (let i = before; i < count; i++) expect(told(third)).toContain(`to bob ${i}`);
    for (let i = before; i < count - 1; i++) expect(told(home)).toContain(`from the third ${i}`);
  });

  it("a displaced node speaks again once it has been opened again", () => {
    const { lab, home, away, alice, bob } = createScene();
    away.place.sink?.displaced(bob.address, lab.nowMs);
    lab.run(100);
    expect(away.send(bob, alice, "still here")).toBe("displaced");
    // Both of its peers were told.
    expect(home.sessions.stats().sessions).toBe(0);
    const packets = lab.network.sent.length;
    home.send(alice, bob, "anybody?");
    lab.run(3_000);
    expect(lab.network.sent.slice(packets).every(({ from }) => from === "home")).toBe(true);
    expect(away.sessions.counters.droppedDisplaced).toBeGreaterThan(0);
    away.close(bob);
    away.open(bob);
    expect(away.send(bob, alice, "again")).toBe("accepted");
    lab.run(200);
    expect(told(home)).toEqual(["again"]);
  });
});
