// SPDX-License-Identifier: GPL-3.0-or-later

// What is left of an engine when it stops, and of nodes when they are closed: nothing, and whoever
// should know has been told.

import { describe, expect, it } from "vitest";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { watchCrypto } from "../../support/watched-crypto.js";
import { createEngineLab, createPair, type LabEngine } from "./engine-lab.js";

const isWiped = ({ key }: LabEngine): boolean => {
  try {
    key.serialize();
    return false;
  } catch (error) {
    expect(String(error)).toContain("wiped");
    return true;
  }
};

describe("stop", () => {
  it("tells the neighbours, at once", () => {
    const { lab, home, away } = createPair();
    lab.peer(home, away);
    home.engine.stop();
    lab.world.run(0);
    lab.world.runUntil(
      "the other knows",
      () => away.lines.some((line) => line.includes("peer-shutting-down")),
      100,
    );
    expect(away.engine.network.peers.link(home.address)?.up()).toBe(false);
  });

  it("tells the remote identities of its nodes, and of its own: their sessions end", () => {
    const { lab, home, away } = createPair();
    lab.peer(home, away);
    const [alice, bob] = [home.open(lab.key()), away.open(lab.key())];
    alice.send(bob.address, "hello");
    bob.send(home.address, "inet256p");
    lab.world.runUntil("both are there", () => bob.memory.got.length === 2, 2_000);
    expect(away.engine.sessions.stats().sessions).toBe(2);
    home.engine.stop();
    lab.world.run(100);
    expect(away.engine.sessions.stats().sessions).toBe(0);
    expect(away.engine.sessions.counters.closesReceived).toBe(2);
  });

  it("ends every opening, wipes every key, and asks to be woken no more", () => {
    const watched = watchCrypto(selectCrypto());
    const lab = createEngineLab();
    const home = lab.start("home", { crypto: watched.crypto });
    const away = lab.start("away");
    lab.peer(home, away);
    const key = lab.key();
    const [alice, bob] = [home.open(key), away.open(lab.key())];
    alice.send(bob.address, "hello");
    bob.send(home.address, "inet256p");
    alice.send(lab.key().address, "waits for nobody");
    lab.world.runUntil("both are there", () => bob.memory.got.length === 2, 2_000);
    expect(isWiped(home)).toBe(false);
    expect(watched.unwiped()).toBeGreaterThan(0);
    home.engine.stop();
    expect(alice.opening.ended()).toBe("NODE_CLOSED");
    expect(isWiped(home)).toBe(true);
    expect(() => key.serialize()).toThrow("wiped");
    expect(watched.unwiped()).toBe(0);
    expect([home.host.deadlines.size(), home.engine.budget.used()]).toEqual([0, 0]);
    // What still comes is for nobody.
    bob.send(alice.address, "too late");
    lab.world.run(5_000);
    expect([home.host.deadlines.size(), watched.unwiped()]).toEqual([0, 0]);
    expect(alice.memory.got).toEqual([]);
  });

  it("ends searches that are under way, and lets nobody open again who hears of it", async () => {
    const { lab, home, away } = createPair();
    home.engine.dial({ id: away.address, addrs: ["memory:away"] });
    const { service, nodes } = home.engine;
    const [key, wanted] = [lab.key(), lab.key()];
    const serialized = key.serialize();
    const again: unknown[] = [];
    home.open(key).opening.onEnd(() => {
      try {
        again.push(service.openSerialized(serialized, { inboxBytes: undefined }));
      } catch (error) {
        again.push(error);
      }
    });
    const search = service.lookupPublicKey(wanted.address).catch((error: unknown) => error);
    home.engine.stop();
    expect(await search).toMatchObject({ reason: "UNAVAILABLE" });
    expect(again).toEqual([expect.objectContaining({ reason: "UNAVAILABLE" })]);
    expect([nodes.size(), home.host.deadlines.size()]).toEqual([0, 0]);
  });
});

describe("a thousand nodes", () => {
  it("opened and closed leave nothing behind, one that talked neither", () => {
    const { lab, home, away } = createPair();
    lab.peer(home, away);
    const bob = away.open(lab.key());
    lab.world.run(1_000);
    const random = createSeededRandom(5);
    const serialized = Array.from({ length: 1_000 }, () => lab.key().serialize());
    const { nodes, service, sessions, budget } = home.engine;
    // Where bob is has been learned by then, and is kept.
    const first = home.open(lab.key());
    first.send(bob.address, "hello");
    lab.world.runUntil("it came", () => bob.memory.got.length === 1, 2_000);
    first.opening.close();
    lab.world.run(1_000);
    const base = home.host.deadlines.size();
    for (let round = 0; round < 2; round++) {
      const openings = serialized.map((bytes) =>
        service.openSerialized(bytes, { inboxBytes: undefined }),
      );
      expect([nodes.size(), sessions.stats().nodes]).toEqual([1_000, 1_001]);
      const message = Buffer.from("hello");
      for (let i = 0; i < 100; i++) {
        const [one, other] = [random.pick(openings), random.pick(openings)];
        one.transmit(other.address.bytes, 0, message, 0, message.length);
        if (i % 4 === 0) one.transmit(bob.address.bytes, 0, message, 0, message.length);
      }
      const talked = 1 + 25 * (round + 1);
      lab.world.runUntil("all came", () => bob.memory.got.length === talked, 5_000);
      expect(budget.used()).toBeGreaterThan(0);
      for (const [i, opening] of openings.entries()) {
        if (i % 2 === 0) opening.close();
        else nodes.drop(opening.address);
      }
      expect([nodes.size(), budget.used()]).toEqual([0, 0]);
      expect(sessions.stats()).toEqual({
        nodes: 1,
        remotes: 0,
        sessions: 0,
        waitingRemotes: 0,
        waitingBytes: 0,
      });
      lab.world.run(1_000);
      expect(home.host.deadlines.size()).toBe(base);
      expect(away.engine.sessions.stats().sessions).toBe(0);
    }
  }, 20_000);
});
