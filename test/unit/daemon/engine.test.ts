// SPDX-License-Identifier: GPL-3.0-or-later

// All rooms between the API and the transports at work together: what one engine does for another.

import { describe, expect, it } from "vitest";
import type { Address } from "../../../server/src/identity/index.js";
import { createEngineLab, createPair } from "./engine-lab.js";

const hex = (address: Address): string => Buffer.from(address.bytes).toString("hex");

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
    const begun = (): readonly number[] => {
      const rooms = [home, away].map(({ engine: { network, sessions } }) => [
        network.peers.counters.handshakesCompleted,
        sessions.channelCounters.handshakesCompleted,
      ]);
      return [0, 1].map((room) => rooms.reduce((sum, counts) => sum + (counts[room] ?? 0), 0));
    };
    lab.world.run(5_000);
    const [links = 0, sessions = 0] = begun();
    lab.world.run(5_000);
    expect(begun(), "not by themselves").toEqual([links, sessions]);
    home.host.jumpWall(3_600_000);
    lab.world.run(3_500);
    const [linksAfter = 0, sessionsAfter = 0] = begun();
    expect([linksAfter > links, sessionsAfter], "links at once").toEqual([true, sessions]);
    talk("after");
    lab.world.run(1_000);
    expect(begun()[1], "sessions when they are used").toBeGreaterThan(sessions);
  });
});

describe("the window that is announced", () => {
  it("is a share of what the transport holds, and never so small that nothing fits", () => {
    const mtuTo = (receiveBufferBytes: number): number => {
      const lab = createEngineLab();
      const [home, away] = [lab.start("home"), lab.start("away", { receiveBufferBytes })];
      lab.peer(home, away);
      lab.world.run(10_000);
      const [path] = home.engine.network.peers.link(away.address)?.stats().paths ?? [];
      return path?.mtu ?? 0;
    };
    // The largest datagram is a quarter of the window, which is a quarter of what is held.
    expect([65_507, 1024 * 1024].map(mtuTo)).toEqual([64 * 1024 * (1 / 4), 65_507]);
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
    lab.world.runUntil("it is up", () => link?.up() === true, 5_000);
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
