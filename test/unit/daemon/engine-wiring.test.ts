// SPDX-License-Identifier: GPL-3.0-or-later

// What one room of an engine tells another comes through at once: each would notice by itself some
// time later, which is what these tests do not wait for.

import { describe, expect, it } from "vitest";
import { createPair } from "./engine-lab.js";

describe("an engine", () => {
  it("lets a message go on at once when its destination has been found", () => {
    const { lab, home, away } = createPair();
    lab.peer(home, away);
    const [alice, bob] = [home.open(lab.key()), away.open(lab.key())];
    alice.send(bob.address, "hello");
    lab.world.runUntil("it is there", () => bob.memory.got.length === 1, 100);
  });

  it("lets what waits go on at once when there is a way", () => {
    const { lab, home, away } = createPair();
    const [alice, bob] = [home.open(lab.key()), away.open(lab.key())];
    home.engine.dial({ id: away.address, addrs: ["memory:away"] });
    alice.send(bob.address, "waits");
    lab.world.run(1_750);
    away.engine.dial({ id: home.address, addrs: ["memory:home"] });
    const isUp = () => home.engine.network.peers.link(away.address)?.up() === true;
    lab.world.runUntil("it is up", isUp, 5_000);
    lab.world.runUntil("it is there", () => bob.memory.got.length === 1, 100);
  });

  it("doubts sessions that were sent to in vain when there is a way again", () => {
    const { lab, home, away } = createPair();
    lab.peer(home, away);
    const [alice, bobKey] = [home.open(lab.key()), lab.key()];
    const keys = [away.key, bobKey].map((key) => key.serialize());
    const bob = away.open(bobKey);
    alice.send(bob.address, "hello");
    lab.world.runUntil("it is there", () => bob.memory.got.length === 1, 2_000);
    lab.world.run(2_000);
    away.kill();
    alice.send(bob.address, "in vain");
    lab.world.run(300);
    const [awayKey, bobsKey] = keys.map(lab.parse);
    if (awayKey === undefined || bobsKey === undefined) throw new Error("unreachable");
    const again = lab.start("away", { key: awayKey });
    again.open(bobsKey);
    again.engine.dial({ id: home.address, addrs: ["memory:home"] });
    const isUp = () => again.engine.network.peers.link(home.address)?.up() === true;
    lab.world.runUntil("it is up", isUp, 5_000);
    // Alice says nothing more.
    const isBack = () => again.engine.sessions.stats().sessions === 1;
    lab.world.runUntil("there is a new session", isBack, 1_000);
  });

  it("tells who sends too much to wait, and when not to any more", () => {
    const { lab, home, away } = createPair();
    lab.peer(home, away);
    const [alice, bob] = [home.open(lab.key()), away.open(lab.key())];
    const text = "x".repeat(50_000);
    let sent = 0;
    while (!alice.opening.crowding() && sent < 100) {
      alice.send(bob.address, text);
      sent += 1;
    }
    expect(sent).toBeLessThan(100);
    let heard = 0;
    alice.opening.onRelief(() => {
      heard += 1;
    });
    lab.world.runUntil("relief", () => heard === 1, 2_000);
    expect(alice.opening.crowding()).toBe(false);
    lab.world.runUntil("all are there", () => bob.memory.got.length === sent, 2_000);
    expect(home.engine.sessions.counters).toMatchObject({ crowded: 1, lostWaiting: 0 });
  });

  it("fills a link that has room again at once", () => {
    const { lab, home, away } = createPair();
    lab.peer(home, away);
    const [alice, bob] = [home.open(lab.key()), away.open(lab.key())];
    alice.send(bob.address, "first");
    lab.world.runUntil("it is there", () => bob.memory.got.length === 1, 2_000);
    lab.world.run(1_000);
    // 256 KiB of a conversation are queued by the link; what is beyond waits for it.
    const text = "x".repeat(65_535);
    for (let i = 0; i < 50; i++) alice.send(bob.address, text);
    expect(home.engine.sessions.stats().waitingBytes).toBeGreaterThan(0);
    // Without being told it would look again only every half second.
    lab.world.runUntil("all are there", () => bob.memory.got.length === 51, 400);
  });

  it("tells the older opening of a key at two daemons that it is", () => {
    const { lab, home, away } = createPair();
    lab.peer(home, away);
    const key = lab.key();
    const serialized = key.serialize();
    const older = home.open(key);
    const bob = away.open(lab.key());
    older.send(bob.address, "hello");
    lab.world.runUntil("it is there", () => bob.memory.got.length === 1, 2_000);
    lab.world.run(1_500);
    away.open(lab.parse(serialized));
    let refusal: unknown;
    lab.world.runUntil(
      "it is told so",
      () => {
        refusal ??= older.send(bob.address, "again");
        return refusal !== undefined;
      },
      2_000,
    );
    expect(refusal).toBe("DISPLACED");
    expect(home.engine.nodes.counters).toMatchObject({ displaced: 1, displacements: 1 });
    expect(older.opening.ended()).toBeUndefined();
  });
});
