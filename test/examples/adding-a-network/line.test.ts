// SPDX-License-Identifier: GPL-3.0-or-later

// What the contract does not ask for: ways through others. A line of daemons, a to d, without links
// and sessions.

import { NO_WAY, TOO_FAR, writeHeader } from "@inet256/mesh256/network";
import { createRouterLab, type LabNode } from "@inet256/mesh256/testing";
import { describe, expect, it } from "vitest";
import { encodeCarried } from "./carried-message.js";
import { staticRoutes } from "./index.js";

function createLine(names: readonly string[]) {
  const lab = createRouterLab(staticRoutes.configure({}));
  const selves = names.map(() => lab.node());
  const addresses = selves.map(({ address }) => address.toString());
  const daemons = names.map((name, own) => {
    // Every other daemon is reached through the neighbour on its side.
    const routes = addresses.flatMap((to, other) => {
      const via = addresses[other < own ? own - 1 : own + 1];
      return via === undefined || Math.abs(other - own) < 2 ? [] : [{ to, via }];
    });
    const self = selves[own] ?? lab.node();
    return lab.daemon(name, { self, algorithm: staticRoutes.configure({ routes }) });
  });
  for (const [i, daemon] of daemons.slice(1).entries()) lab.link(at(daemons, i), daemon);
  const nodes = daemons.map((daemon) => {
    const node = lab.node();
    daemon.open(node);
    return node;
  });
  return { lab, daemons, nodes };
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`no element ${index}`);
  return value;
}

const ends = ({ lab, daemons, nodes }: ReturnType<typeof createLine>) => ({
  lab,
  a: at(daemons, 0),
  b: at(daemons, 1),
  last: at(daemons, daemons.length - 1),
  alice: at(nodes, 0),
  zoe: at(nodes, nodes.length - 1),
});

describe("a line of daemons with static routes", () => {
  it("carries questions, answers and packets through those in the middle", () => {
    const { lab, a, b, last, alice, zoe } = ends(createLine(["a", "b", "c", "d"]));
    const found = a.find(zoe.address.bytes, 256);
    expect(found?.address.equals(zoe.address)).toBe(true);
    expect(a.send(alice, zoe, "hello", true)).toBe(true);
    lab.run(100);
    expect(last.packets.map(({ text }) => text)).toEqual(["hello"]);
    // The packet has introduced its source: nobody has to ask for the way back.
    expect(last.send(zoe, alice, "hello yourself")).toBe(true);
    lab.run(100);
    expect(a.packets.map(({ text }) => text)).toEqual(["hello yourself"]);
    expect(b.packets).toEqual([]);
  });

  it("finds every node from everywhere by a prefix", () => {
    const { daemons, nodes } = createLine(["a", "b", "c"]);
    for (const daemon of daemons) {
      for (const node of nodes) {
        if (daemon.router.explain(node.address.bytes, 0).ready) continue;
        const found = daemon.find(node.address.bytes, 40);
        expect(found?.address.equals(node.address), daemon.name).toBe(true);
      }
    }
  });

  it("explains, and lists the ways", () => {
    const { lab, a, b, last, zoe } = ends(createLine(["a", "b", "c"]));
    a.find(zoe.address.bytes, 256);
    expect(a.router.explain(zoe.address.bytes, lab.clock.monotonicMs())).toEqual({
      ready: true,
      nextHop: b.self.address.bytes,
      router: last.self.address.bytes,
      why: expect.stringContaining("beyond a peer"),
    });
    expect(a.router.ways().map(({ hops }) => hops)).toEqual([1, 2]);
  });

  it("reaches nobody beyond a neighbour that is down, and asks again when it is up", () => {
    const { lab, a, b, alice, zoe } = ends(createLine(["a", "b", "c"]));
    a.find(zoe.address.bytes, 256);
    lab.unlink(a, b);
    expect(a.reaches(zoe)).toBe(false);
    expect(a.find(zoe.address.bytes, 256)).toBeUndefined();
    lab.link(a, b);
    expect(a.find(zoe.address.bytes, 256)).toBeDefined();
    expect(a.send(alice, zoe, "hello", true)).toBe(true);
  });

  it("tells whoever asked beyond a neighbour that a node has gone, and that one has come", () => {
    const { lab, a, last, zoe } = ends(createLine(["a", "b", "c"]));
    a.find(zoe.address.bytes, 256);
    last.close(zoe);
    lab.run(100);
    expect(a.reaches(zoe)).toBe(false);
    expect(a.find(zoe.address.bytes, 256)).toBeUndefined();
    last.open(zoe);
    lab.run(100);
    expect(a.reaches(zoe)).toBe(true);
  });

  it("goes directly while there is a link, and as configured when there is none", () => {
    const { lab, a, b, last, zoe } = ends(createLine(["a", "b", "c"]));
    lab.link(a, last);
    a.find(zoe.address.bytes, 256);
    const nextHop = () => a.router.explain(zoe.address.bytes, 0).nextHop;
    expect(nextHop()).toEqual(last.self.address.bytes);
    lab.unlink(a, last);
    a.find(zoe.address.bytes, 256);
    expect(nextHop()).toEqual(b.self.address.bytes);
  });
});

describe("a router that lies about who it speaks for", () => {
  const no = (query: number) => Uint8Array.of(3, 0, 0, 0, query);
  const lie = (from: LabNode, to: LabNode, message: Uint8Array, hopsLeft = 5) =>
    encodeCarried({ hopsLeft, to: to.address.bytes, from: from.address.bytes, message });

  it("ends no question of others, at the asker and on the way", () => {
    const { lab, a, b, last, zoe } = ends(createLine(["a", "b", "c"]));
    const mallory = lab.daemon("m");
    for (const other of [a, b]) lab.link(mallory, other);
    const query = a.ask(zoe.address.bytes, 256);
    const lies = [lie(last.self, a.self, no(query)), lie(b.self, a.self, no(query))];
    for (const said of lies) a.hear(mallory, said);
    b.hear(mallory, lie(last.self, a.self, no(query)));
    lab.run(200);
    expect(a.answers.get(query)?.address.equals(zoe.address)).toBe(true);
    expect(a.router.counters).toMatchObject({ controlInvalid: 2 });
    expect(b.router.counters).toMatchObject({ carriedDropped: 1 });
  });

  it("nothing is carried without end, or back", () => {
    const { lab, a, b, last } = ends(createLine(["a", "b", "c"]));
    b.hear(a, lie(a.self, last.self, no(1), 1));
    b.hear(a, lie(a.self, a.self, no(1)));
    b.hear(a, lie(a.self, last.self, no(1), 255));
    expect(b.router.counters).toMatchObject({ carried: 1, carriedDropped: 2 });
    expect(lab.carried.at(-1)?.bytes[1]).toBe(31);
  });

  it("packets neither", () => {
    const { a, b, last, alice, zoe } = ends(createLine(["a", "b", "c"]));
    const packet = (router: LabNode, hopLimit: number) => {
      const buffer = new Uint8Array(200);
      const [to, from] = [zoe.address.bytes, alice.address.bytes];
      const { bytes } = router.address;
      const at = writeHeader(buffer, 150, hopLimit, to, from, new Uint8Array(0), bytes);
      return buffer.subarray(at);
    };
    expect(b.carry(a, packet(last.self, 2))).toBeGreaterThanOrEqual(0);
    expect(b.carry(a, packet(last.self, 1))).toBe(TOO_FAR);
    expect(b.carry(a, packet(a.self, 2))).toBe(NO_WAY);
    expect(b.carry(a, packet(b.self, 2))).toBe(NO_WAY);
  });
});
