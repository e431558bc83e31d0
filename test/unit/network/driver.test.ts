// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { HEADROOM_BYTES } from "../../../server/src/network/index.js";
import { createNetworkLab } from "../../support/network-lab.js";

function pair() {
  const lab = createNetworkLab();
  const a = lab.daemon("a", "10.0.0.1:1");
  const b = lab.daemon("b", "10.0.0.2:1");
  const [alice, bob] = [lab.node(), lab.node()];
  a.open(alice);
  const peered = (): void => {
    a.peer(b);
    b.peer(a);
  };
  const up = (): void => {
    peered();
    lab.world.runUntil(
      "both are up",
      () => a.events.includes("way") && b.events.includes("way"),
      5_000,
    );
  };
  return { ...lab, a, b, alice, bob, peered, up };
}

describe("the network's driver", () => {
  it("what is asked for while the links come up is found when they are", () => {
    const { world, a, b, bob, peered } = pair();
    peered();
    b.open(bob);
    a.resolve(bob);
    const { found } = a.find(bob.address.bytes, 20);
    expect(a.reach(bob)).toBe("unresolved");
    world.runUntil("bob is ready", () => a.reach(bob) === "ready", 1_000);
    expect(a.events).toEqual(["way", `${bob.address} ready`]);
    expect(found).toHaveLength(1);
    expect(found[0]?.publicKey).toEqual(bob.publicKey);
  });

  it("packets go there and back, the first one with an introduction", () => {
    const { world, a, b, alice, bob, up } = pair();
    b.open(bob);
    up();
    expect(a.send(alice, bob, "too early")).toBe(false);
    a.resolve(bob);
    world.runUntil("bob is ready", () => a.reach(bob) === "ready", 1_000);
    expect(a.send(alice, bob, "hello", true)).toBe(true);
    world.runUntil("it arrives", () => b.packets.length === 1, 1_000);
    expect(b.packets[0]).toMatchObject({ source: alice.address.toString(), text: "hello" });
    expect(b.send(bob, alice, "hello yourself")).toBe(true);
    world.runUntil("it arrives", () => a.packets.length === 1, 1_000);
    expect(a.network.counters).toMatchObject({ sent: 1, delivered: 1, droppedNotReady: 1 });
    expect(b.network.counters).toMatchObject({ sent: 1, delivered: 1, droppedNotReady: 0 });
    expect(b.events).toEqual(["way"]);
  });

  it("what its sender can keep is not taken while enough of the conversation waits", () => {
    const { world, a, b, alice, bob, up } = pair();
    b.open(bob);
    up();
    const buffer = new Uint8Array(HEADROOM_BYTES + 60_000);
    const [source, destination] = [alice.address.bytes, bob.address.bytes];
    const offer = (): boolean =>
      a.network.offer(source, destination, buffer, HEADROOM_BYTES, 60_000, a.now());
    expect(offer()).toBe(false); // nobody knows the way
    a.resolve(bob);
    world.runUntil("bob is ready", () => a.reach(bob) === "ready", 1_000);
    let taken = 0;
    while (taken < 100 && offer()) taken += 1;
    expect(taken).toBeGreaterThan(1);
    expect(taken).toBeLessThan(20);
    world.runUntil("there is room", () => a.events.includes("writable"), 1_000);
    expect(offer()).toBe(true);
    world.runUntil("all has come", () => b.packets.length === taken + 1, 1_000);
    expect(a.network.counters).toMatchObject({ sent: taken + 1, droppedByLink: 0 });
  });

  it("no is said at once when all peers are up, and believed for 5 s", () => {
    const { world, a, b, bob, up } = pair();
    up();
    a.resolve(bob);
    world.runUntil("no", () => a.reach(bob) === "unknown", 500);
    expect(a.events.at(-1)).toBe(`${bob.address} unknown`);
    const control = () => b.network.routerCounters["queries"];
    const asked = control();
    a.resolve(bob);
    const { found } = a.find(bob.address.bytes, 256);
    expect(found).toEqual([]); // not from inside of the call
    world.run(100);
    expect(found).toEqual([undefined]);
    expect(control()).toBe(asked);
    world.run(5_000);
    expect(a.reach(bob)).toBe("unresolved");
    a.resolve(bob);
    world.run(100);
    expect(control()).toBe((asked ?? 0) + 1);
  });

  it("a node that is opened a moment after the no is ready without a new question", () => {
    const { world, a, b, bob, up } = pair();
    up();
    a.resolve(bob);
    world.runUntil("no", () => a.reach(bob) === "unknown", 500);
    b.open(bob);
    world.runUntil("yes", () => a.reach(bob) === "ready", 100);
    expect(a.events.at(-1)).toBe(`${bob.address} ready`);
  });

  it("no waits for a configured peer that is just not up, for 5 s at most", () => {
    const { world, a, bob, up } = pair();
    up();
    a.network.peers.add(a.node().address, [], a.now());
    const lonely = a.find(bob.address.bytes, 256).found;
    world.run(4_000);
    expect(lonely).toEqual([]);
    world.run(1_500);
    expect(lonely).toEqual([undefined]);
  });

  it("who cancels hears nothing", () => {
    const { world, a, b, bob, up } = pair();
    b.open(bob);
    up();
    const { found, cancel } = a.find(bob.address.bytes, 9);
    cancel();
    world.run(3_000);
    expect(found).toEqual([]);
  });

  it("a key opened at the other daemon displaces ours with its first message", () => {
    const { world, a, b, alice, up } = pair();
    up();
    const xavier = b.node();
    a.open(xavier);
    world.run(1_000);
    b.open(alice);
    b.resolve(xavier);
    world.runUntil("xavier is ready", () => b.reach(xavier) === "ready", 1_000);
    b.send(alice, xavier, "hello", true);
    world.runUntil("displaced", () => a.events.includes(`displaced ${alice.address}`), 2_000);
    expect(a.send(alice, xavier, "hello")).toBe(false);
    expect(b.events.some((event) => event.startsWith("displaced"))).toBe(false);
  });

  it("ends with its links, and fires nothing afterwards", () => {
    const { world, a, b, bob, up } = pair();
    up();
    a.resolve(bob);
    a.network.close(a.now());
    const events = a.events.length;
    world.run(10_000);
    expect(a.events.length).toBe(events);
    expect(b.network.peers.list().every(({ up: isUp }) => !isUp)).toBe(true);
  });
});
