// SPDX-License-Identifier: GPL-3.0-or-later

// The owner of a set of peers changes it from inside of what it is told and asked.

import { expect, it } from "vitest";
import { createCertificateVerifier } from "../../../server/src/channel/index.js";
import { silentLogger } from "../../../server/src/core/index.js";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { type Address, createIdentities, PURPOSES } from "../../../server/src/identity/index.js";
import { createPeers, type Peers } from "../../../server/src/peers/index.js";
import { createNetwork } from "../../sim/network.js";
import { createWorld } from "../../sim/world.js";

/** Alice, who has bob configured, and bob, whose owner does as it is told here. */
function createTwo(acts: {
  accepts?: (bob: Peers, alice: Address, nowMs: number) => boolean;
  down?: (bob: Peers, alice: Address, nowMs: number) => void;
}) {
  const world = createWorld({ seed: 3 });
  const network = createNetwork({ world, link: { latencyMs: 5 } });
  const crypto = selectCrypto();
  const identities = createIdentities(crypto, world.random("identities"));
  const create = (name: string, text: string) => {
    const host = world.host(name);
    const key = identities.generate();
    const events: string[] = [];
    const now = (): number => host.clock.monotonicMs();
    const peers = createPeers({
      crypto,
      random: host.random,
      deadlines: host.deadlines,
      turns: host.turns,
      logger: silentLogger,
      signer: {
        publicKey: key.publicKey.serialize(),
        address: key.publicKey.address.bytes,
        sign: (bytes) => identities.keys.signReserved(key, PURPOSES.noiseStatic, bytes),
      },
      verify: createCertificateVerifier(identities.keys),
      networkTag: new Uint8Array(32),
      receiveWindowBytes: 1024 * 1024,
      accepts: (address) => acts.accepts?.(peers, address, now()) ?? true,
      owner: {
        packet() {},
        control() {},
        up: () => void events.push("up"),
        down(_link, reason) {
          events.push(`down ${reason}`);
          if (name === "bob") acts.down?.(peers, alice.address, now());
        },
        changed() {},
        writable() {},
      },
    });
    const transport = network.bind(host, text, peers.transportSink);
    return {
      address: key.publicKey.address,
      deadlines: host.deadlines,
      events,
      now,
      peers,
      transport,
    };
  };
  const alice = create("alice", "10.0.0.1:1");
  const bob = create("bob", "10.0.0.2:1");
  const way = alice.transport.address("10.0.0.2:1");
  alice.peers.add(bob.address, way === undefined ? [] : [way], alice.now());
  return { world, network, alice, bob };
}

it("whoever is configured from inside of the question whether it is accepted has one link", () => {
  const { world, alice, bob } = createTwo({
    accepts: (peers, address, nowMs) => peers.add(address, [], nowMs),
  });
  world.runUntil("up", () => bob.events.includes("up"), 2_000);
  expect(bob.peers.list().map(({ configured }) => configured)).toEqual([true]);
  expect(bob.peers.remove(alice.address, bob.now())).toBe(true);
  alice.peers.close(alice.now());
  world.run(200_000);
  // Nothing dials on for a link that nobody can remove.
  expect(bob.peers.size).toBe(0);
  expect(bob.deadlines.size()).toBe(0);
});

it("whoever closes from inside of the question whether a peer is accepted has none", () => {
  const { world, bob } = createTwo({
    accepts(peers, _address, nowMs) {
      peers.close(nowMs);
      return true;
    },
  });
  world.run(100_000);
  expect(bob.peers.size).toBe(0);
  expect(bob.deadlines.size()).toBe(0);
  expect(bob.events).toEqual([]);
});

it("nobody is added to a set that closes, from inside of what it tells or later", () => {
  const { world, alice, bob } = createTwo({
    down: (peers, address, nowMs) => void peers.add(address, [], nowMs),
  });
  world.runUntil("up", () => bob.events.includes("up"), 2_000);
  bob.peers.close(bob.now());
  expect(bob.events).toEqual(["up", "down removed"]);
  expect(bob.peers.size).toBe(0);
  expect(bob.peers.add(alice.address, [], bob.now())).toBe(false);
  world.run(20_000);
  expect(bob.peers.size).toBe(0);
  expect(bob.deadlines.size()).toBe(0);
});

it("a set that has closed answers nobody", () => {
  const { world, network, bob } = createTwo({});
  bob.peers.close(bob.now());
  let answers = 0;
  network.tap((datagram) => {
    if (datagram.from === "10.0.0.2:1") answers += 1;
    return undefined;
  });
  world.run(20_000);
  expect(answers).toBe(0);
  expect(bob.events).toEqual([]);
  expect(bob.peers.size).toBe(0);
});

it("a peer that is taken out because it went down may be put in again at once", () => {
  const { world, network, bob } = createTwo({
    down(peers, address, nowMs) {
      peers.remove(address, nowMs);
      peers.add(address, [], nowMs);
    },
  });
  world.runUntil("up", () => bob.events.includes("up"), 2_000);
  network.setDown("alice", true);
  world.runUntil("down", () => bob.events.length === 2, 60_000);
  network.setDown("alice", false);
  world.runUntil("up again", () => bob.events.at(-1) === "up", 60_000);
  expect(bob.events).toEqual(["up", "down silent", "up"]);
  expect(bob.peers.list().map(({ configured }) => configured)).toEqual([true]);
});
