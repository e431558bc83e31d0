// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createCertificateVerifier } from "../../../server/src/channel/index.js";
import { silentLogger } from "../../../server/src/core/index.js";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { type Address, createIdentities, PURPOSES } from "../../../server/src/identity/index.js";
import { createPeers, type Peers } from "../../../server/src/peers/index.js";
import { createNetwork } from "../../sim/network.js";
import { createWorld } from "../../sim/world.js";

interface Daemon {
  readonly address: Address;
  readonly text: string;
  readonly peers: Peers;
  readonly events: string[];
  readonly packets: string[];
  accepts: boolean;
  add(other: Daemon): boolean;
  send(other: Daemon, text: string): boolean;
  now(): number;
}

function createLab() {
  const world = createWorld({ seed: 7 });
  const network = createNetwork({ world, link: { latencyMs: 5 } });
  const crypto = selectCrypto();
  const identities = createIdentities(crypto, world.random("identities"));
  const names = new Map<string, string>();

  const daemon = (name: string, text: string, tag = 1, key = identities.generate()): Daemon => {
    const host = world.host(name);
    const nameOf = (remote: Uint8Array) => names.get(Buffer.from(remote).toString("hex")) ?? "?";
    const now = () => host.clock.monotonicMs();
    const events: string[] = [];
    const packets: string[] = [];
    const made: { transport?: ReturnType<typeof network.bind> } = {};
    const { address } = key.publicKey;
    names.set(Buffer.from(address.bytes).toString("hex"), name);
    const peers = createPeers({
      crypto,
      random: host.random,
      deadlines: host.deadlines,
      turns: host.turns,
      logger: silentLogger,
      signer: {
        publicKey: key.publicKey.serialize(),
        address: address.bytes,
        sign: (bytes) => identities.keys.signReserved(key, PURPOSES.noiseStatic, bytes),
      },
      verify: createCertificateVerifier(identities.keys),
      networkTag: new Uint8Array(32).fill(tag),
      receiveWindowBytes: 1024 * 1024,
      accepts: () => self.accepts,
      owner: {
        packet: (link, buffer, at, length) =>
          void packets.push(
            `${nameOf(link.remote())}: ${Buffer.from(buffer.subarray(at, at + length)).toString()}`,
          ),
        control() {},
        up: (link) => void events.push(`up ${nameOf(link.remote())}`),
        down: (link, reason) => void events.push(`down ${nameOf(link.remote())} ${reason}`),
        changed() {},
        writable() {},
      },
    });
    made.transport = network.bind(host, text, peers.transportSink);
    const self: Daemon = {
      address,
      text,
      peers,
      events,
      packets,
      accepts: false,
      add(other) {
        const way = made.transport?.address(other.text);
        return peers.add(other.address, way === undefined ? [] : [way], now());
      },
      send(other, message) {
        const bytes = new TextEncoder().encode(message);
        return peers.link(other.address)?.send(bytes, 0, bytes.length, 1, now()) === true;
      },
      now,
    };
    return self;
  };
  return { world, network, daemon };
}

describe("peers", () => {
  it("join daemons that have each other configured, over one socket each", () => {
    const { world, daemon } = createLab();
    const hub = daemon("hub", "10.0.0.1:1");
    const spokes = [2, 3, 4].map((n) => daemon(`spoke${n}`, `10.0.0.${n}:1`));
    for (const spoke of spokes) {
      expect(hub.add(spoke)).toBe(true);
      expect(spoke.add(hub)).toBe(true);
    }
    world.runUntil("all are up", () => hub.peers.list().every(({ up }) => up), 5_000);
    for (const spoke of spokes) spoke.send(hub, "hello");
    for (const spoke of spokes) hub.send(spoke, "hi");
    world.runUntil("hello arrives", () => hub.packets.length === 3, 1_000);
    world.runUntil("hi arrives", () => spokes.every((it) => it.packets.length === 1), 1_000);
    expect(hub.packets.sort()).toEqual(["spoke2: hello", "spoke3: hello", "spoke4: hello"]);
    expect(hub.events.sort()).toEqual(["up spoke2", "up spoke3", "up spoke4"]);
  });

  it("count what their links have counted, also when those are no more", () => {
    const { world, daemon } = createLab();
    const hub = daemon("hub", "10.0.0.1:1");
    const spokes = [2, 3].map((n) => daemon(`spoke${n}`, `10.0.0.${n}:1`));
    for (const spoke of spokes) {
      hub.add(spoke);
      spoke.add(hub);
    }
    world.runUntil("all are up", () => hub.peers.list().every(({ up }) => up), 5_000);
    for (const spoke of spokes) spoke.send(hub, "hello");
    world.runUntil("hello arrives", () => hub.packets.length === 2, 1_000);
    expect(hub.peers.linkCounters()).toMatchObject({ packetsReceived: 2, packetsSent: 0 });
    for (const spoke of spokes) hub.peers.remove(spoke.address, hub.now());
    expect(hub.peers.list()).toEqual([]);
    expect(hub.peers.linkCounters()).toMatchObject({ packetsReceived: 2, packetsSent: 0 });
  });

  it("refuse who is neither configured nor accepted, once", () => {
    const { world, daemon } = createLab();
    const alice = daemon("alice", "10.0.0.1:1");
    const bob = daemon("bob", "10.0.0.2:1");
    alice.add(bob);
    world.run(120_000);
    expect(bob.events).toEqual([]);
    expect(bob.peers.size).toBe(0);
    expect(bob.peers.counters.refusalsSent).toBe(1);
    expect(alice.events).toEqual(["down bob peer-refused"]);
  });

  it("try a peer that refused them again after five minutes", () => {
    const { world, daemon } = createLab();
    const alice = daemon("alice", "10.0.0.1:1");
    const bob = daemon("bob", "10.0.0.2:1");
    alice.add(bob);
    world.run(60_000);
    bob.accepts = true;
    const tookMs = world.runUntil("up", () => bob.events.includes("up alice"), 300_000);
    expect(tookMs).toBeGreaterThan(200_000);
  });

  it("let in who is accepted, and forget a guest that has been down for a minute", () => {
    const { world, network, daemon } = createLab();
    const alice = daemon("alice", "10.0.0.1:1");
    const bob = daemon("bob", "10.0.0.2:1");
    bob.accepts = true;
    alice.add(bob);
    world.runUntil("up", () => bob.events.includes("up alice"), 2_000);
    expect(bob.peers.list().map(({ configured }) => configured)).toEqual([false]);
    network.setDown("alice", true);
    world.runUntil("down", () => bob.events.includes("down alice silent"), 60_000);
    world.run(59_000);
    expect(bob.peers.size).toBe(1);
    world.run(2_000);
    expect(bob.peers.size).toBe(0);
    network.setDown("alice", false);
    world.runUntil("up again", () => bob.events.at(-1) === "up alice", 30_000);
  });

  it("keep a guest that is configured later", () => {
    const { world, network, daemon } = createLab();
    const alice = daemon("alice", "10.0.0.1:1");
    const bob = daemon("bob", "10.0.0.2:1");
    bob.accepts = true;
    alice.add(bob);
    world.runUntil("up", () => bob.events.includes("up alice"), 2_000);
    expect(bob.add(alice)).toBe(true);
    network.setDown("alice", true);
    world.run(300_000);
    expect(bob.peers.list().map(({ configured }) => configured)).toEqual([true]);
  });

  it("tell a peer of another network so", () => {
    const { world, daemon } = createLab();
    const alice = daemon("alice", "10.0.0.1:1", 1);
    const bob = daemon("bob", "10.0.0.2:1", 2);
    alice.add(bob);
    bob.add(alice);
    world.run(10_000);
    expect(alice.events.filter((event) => event.startsWith("up"))).toEqual([]);
    expect([...alice.events, ...bob.events]).toContain("down bob other-network");
  });

  it("do not link with themselves", () => {
    const { daemon } = createLab();
    const alice = daemon("alice", "10.0.0.1:1");
    expect(alice.add(alice)).toBe(false);
    expect(alice.peers.size).toBe(0);
  });

  it("end a link that is removed, tell the peer, and say nothing more", () => {
    const { world, daemon } = createLab();
    const alice = daemon("alice", "10.0.0.1:1");
    const bob = daemon("bob", "10.0.0.2:1");
    alice.add(bob);
    bob.add(alice);
    world.runUntil("up", () => bob.events.includes("up alice"), 2_000);
    expect(alice.peers.remove(bob.address, alice.now())).toBe(true);
    expect(alice.peers.remove(bob.address, alice.now())).toBe(false);
    world.runUntil("bob knows", () => bob.events.includes("down alice peer-shutting-down"), 1_000);
    expect(alice.events).toEqual(["up bob", "down bob removed"]);
    world.run(10_000);
    expect(alice.peers.size).toBe(0);
  });

  it("leave nothing behind when they close", () => {
    const { world, daemon } = createLab();
    const alice = daemon("alice", "10.0.0.1:1");
    const bob = daemon("bob", "10.0.0.2:1");
    bob.accepts = true;
    alice.add(bob);
    world.runUntil("up", () => bob.events.includes("up alice"), 2_000);
    alice.peers.close(alice.now());
    expect(alice.peers.size).toBe(0);
    world.run(600_000);
    expect(bob.peers.size).toBe(0);
  });
});
