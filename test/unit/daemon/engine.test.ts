// SPDX-License-Identifier: GPL-3.0-or-later

// All rooms between the API and the transports at work together: what one engine does for another,
// and what is left of it when it stops.

import { describe, expect, it } from "vitest";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import type { Address } from "../../../server/src/identity/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { watchCrypto } from "../../support/watched-crypto.js";
import { createEngineLab, type LabEngine } from "./engine-lab.js";

function createPair() {
  const lab = createEngineLab();
  const [home, away] = [lab.start("home"), lab.start("away")];
  return { lab, home, away };
}

const hex = (address: Address): string => Buffer.from(address.bytes).toString("hex");
const isWiped = ({ key }: LabEngine): boolean => {
  try {
    key.serialize();
    return false;
  } catch (error) {
    expect(String(error)).toContain("wiped");
    return true;
  }
};

describe("two engines", () => {
  it("carry messages of their nodes both ways, intact, with their true source", () => {
    const { lab, home, away } = createPair();
    lab.peer(home, away);
    const [alice, bob] = [home.open(lab.key()), away.open(lab.key())];
    const texts = [0, 1, 1_200, 1_201, 65_535].map((length) => "x".repeat(length));
    for (const text of texts) {
      expect(alice.send(bob.address, text)).toBeUndefined();
      expect(bob.send(alice.address, text)).toBeUndefined();
    }
    lab.world.runUntil(
      "all are there",
      () => bob.memory.got.length === 5 && alice.memory.got.length === 5,
      2_000,
    );
    const from = (address: Address) => texts.map((text) => ({ source: hex(address), text }));
    expect(bob.memory.got).toEqual(from(alice.address));
    expect(alice.memory.got).toEqual(from(bob.address));
    expect(home.engine.nodes.counters).toMatchObject({ delivered: 5, inboxLost: 0 });
  });

  it("that have just been started carry the first message within 2 s, without another try", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const lab = createEngineLab(seed);
      const [home, away] = [lab.start("home"), lab.start("away")];
      home.engine.dial({ id: away.address, addrs: ["memory:away"] });
      away.engine.dial({ id: home.address, addrs: ["memory:home"] });
      const [alice, bob] = [home.open(lab.key()), away.open(lab.key())];
      expect(alice.send(bob.address, "first")).toBeUndefined();
      lab.world.runUntil("it is there", () => bob.memory.got.length === 1, 2_000);
    }
  });

  it("answer pings to each other's own address, and nothing else", () => {
    const { lab, home, away } = createPair();
    lab.peer(home, away);
    const alice = home.open(lab.key());
    for (const text of ["no ping", "inet256p 1", "inet256p 2"]) alice.send(away.address, text);
    lab.world.runUntil("two answers", () => alice.memory.got.length === 2, 2_000);
    lab.world.run(1_000);
    const source = hex(away.address);
    expect(alice.memory.got).toEqual(
      ["inet256p 1", "inet256p 2"].map((text) => ({ source, text })),
    );
    expect(away.engine.nodes.counters.notPings).toBe(1);
  });

  it("find each other's nodes, and their keys, right after they have been opened", async () => {
    const { lab, home, away } = createPair();
    home.engine.dial({ id: away.address, addrs: ["memory:away"] });
    away.engine.dial({ id: home.address, addrs: ["memory:home"] });
    const { address, opening } = away.open(lab.key());
    const { service } = home.engine;
    const found = [
      service.findAddress(address.bytes, 256),
      service.findAddress(address.bytes, 40),
      service.lookupPublicKey(address).then((key) => key.address),
      service.lookupPublicKey(away.address).then((key) => key.address),
    ];
    lab.world.run(2_000);
    const expected = [address, address, address, away.address].map(String);
    expect((await Promise.all(found)).map(String)).toEqual(expected);
    opening.close();
    lab.world.run(1_000);
    const gone = service.findAddress(address.bytes, 256).catch(({ reason }) => reason);
    lab.world.run(2_000);
    expect(await gone).toBe("NO_SUCH_ADDRESS");
  });

  it("know nothing of each other unless both are told", () => {
    const { lab, home, away } = createPair();
    home.engine.dial({ id: away.address, addrs: ["memory:away"] });
    lab.world.run(5_000);
    for (const { engine } of [home, away]) {
      expect(engine.network.peers.list().some(({ up }) => up)).toBe(false);
    }
    expect(away.engine.network.peers.size).toBe(0);
  });

  it("go on after the machine slept: both clocks are told, to links and to sessions", () => {
    const { lab, home, away } = createPair();
    lab.peer(home, away);
    const [alice, bob] = [home.open(lab.key()), away.open(lab.key())];
    const talk = (text: string): void => {
      alice.send(bob.address, text);
      lab.world.runUntil(text, () => bob.memory.texts.at(-1) === text, 2_000);
    };
    talk("before");
    const { sessions, network } = home.engine;
    const begun = () => [sessions.channelCounters.established, network.peers.counters.established];
    lab.world.run(5_000);
    const before = begun();
    home.host.jumpWall(3_600_000);
    lab.world.run(1_500);
    talk("after");
    expect(begun().map((count, i) => count - (before[i] ?? 0))).toEqual([1, 1]);
  });
});

describe("dial", () => {
  it("warns of an address that no transport reaches, and dials the others", () => {
    const { lab, home, away } = createPair();
    const addrs = ["192.0.2.1:25632", "memory:away", "nonsense"];
    away.engine.dial({ id: home.address, addrs: [] });
    home.engine.dial({ id: away.address, addrs });
    const warnings = home.lines.filter((line) => line.startsWith("warn"));
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain("192.0.2.1:25632");
    expect(warnings[1]).toContain("nonsense");
    for (const line of warnings) expect(line).toContain(away.address.toString());
    const link = home.engine.network.peers.link(away.address);
    lab.world.runUntil("it is up", () => link?.up === true, 5_000);
  });

  it("warns of itself, and has no link", () => {
    const { home } = createPair();
    home.engine.dial({ id: home.address, addrs: ["memory:home"] });
    expect(home.lines).toEqual([
      `warn a peer is this daemon itself {"peer":"${home.address.toString()}"}`,
    ]);
    expect(home.engine.network.peers.size).toBe(0);
  });
});

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
    expect(away.engine.network.peers.link(home.address)?.up).toBe(false);
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
    expect(alice.opening.ended).toBe("NODE_CLOSED");
    expect(isWiped(home)).toBe(true);
    expect(() => key.serialize()).toThrow("wiped");
    expect(watched.unwiped()).toBe(0);
    expect([home.host.deadlines.size, home.engine.budget.used]).toEqual([0, 0]);
    // What still comes is for nobody.
    bob.send(alice.address, "too late");
    lab.world.run(5_000);
    expect([home.host.deadlines.size, watched.unwiped()]).toEqual([0, 0]);
    expect(alice.memory.got).toEqual([]);
  });

  it("leaves the neighbour as it was: it takes the next start for the same daemon", () => {
    const { lab, home, away } = createPair();
    lab.peer(home, away);
    const [key, serialized] = [lab.key(), home.key.serialize()];
    void key;
    home.engine.stop();
    lab.world.run(50);
    expect(serialized.length).toBeGreaterThan(0);
    expect(away.engine.network.peers.size).toBe(1);
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
    const base = home.host.deadlines.size;
    for (let round = 0; round < 2; round++) {
      const openings = serialized.map((bytes) =>
        service.openSerialized(bytes, { inboxBytes: undefined }),
      );
      expect([nodes.size, sessions.stats().nodes]).toEqual([1_000, 1_001]);
      const message = Buffer.from("hello");
      for (let i = 0; i < 100; i++) {
        const [one, other] = [random.pick(openings), random.pick(openings)];
        one.transmit(other.address.bytes, 0, message, 0, message.length);
        if (i % 4 === 0) one.transmit(bob.address.bytes, 0, message, 0, message.length);
      }
      const talked = 25 * (round + 1);
      lab.world.runUntil("all came", () => bob.memory.got.length === talked, 5_000);
      expect(budget.used).toBeGreaterThan(0);
      for (const [i, opening] of openings.entries()) {
        if (i % 2 === 0) opening.close();
        else nodes.drop(opening.address);
      }
      expect([nodes.size, budget.used]).toEqual([0, 0]);
      expect(sessions.stats()).toEqual({
        nodes: 1,
        remotes: 0,
        sessions: 0,
        waitingRemotes: 0,
        waitingBytes: 0,
      });
      lab.world.run(1_000);
      expect(home.host.deadlines.size).toBe(base);
      expect(away.engine.sessions.stats().sessions).toBe(0);
    }
  }, 20_000);
});
