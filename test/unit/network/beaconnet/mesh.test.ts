// SPDX-License-Identifier: GPL-3.0-or-later

// Routers that carry for each other: whole meshes of them, without links and sessions.

import { describe, expect, it } from "vitest";
import { beaconnet } from "../../../../server/src/network/beaconnet/index.js";
import {
  createRouterLab,
  type LabDaemon,
  type LabNode,
  type RouterLab,
} from "../../../../server/src/testing/index.js";

interface Mesh {
  readonly lab: RouterLab;
  readonly daemons: readonly LabDaemon[];
  /** One node at each. */
  readonly nodes: readonly LabNode[];
}

type Edge = readonly [number, number];

function createMesh(count: number, edges: readonly Edge[], seed = 1): Mesh {
  const lab = createRouterLab(beaconnet.configure({}), seed);
  const daemons = Array.from({ length: count }, (_, i) => lab.daemon(`d${i}`));
  const nodes = daemons.map((daemon) => {
    const node = lab.node();
    daemon.open(node);
    return node;
  });
  for (const [a, b] of edges) link(daemons, a, b, lab);
  return { lab, daemons, nodes };
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`no element ${index}`);
  return value;
}

function link(daemons: readonly LabDaemon[], a: number, b: number, lab: RouterLab): void {
  lab.link(at(daemons, a), at(daemons, b));
}

const line = (count: number): Edge[] =>
  Array.from({ length: count - 1 }, (_, i) => [i, i + 1] as const);
const ring = (count: number): Edge[] => [...line(count), [count - 1, 0]];
const grid = (side: number): Edge[] =>
  Array.from({ length: side * side }, (_, i) => i).flatMap((i) => [
    ...((i + 1) % side === 0 ? [] : [[i, i + 1] as const]),
    ...(i + side < side * side ? [[i, i + side] as const] : []),
  ]);

/** Every ordered pair finds each other and exchanges a packet; the pairs that did not. */
function failures({ lab, daemons, nodes }: Mesh, pairs: readonly Edge[]): string[] {
  const failed: string[] = [];
  for (const [a, b] of pairs) {
    const [from, to] = [at(daemons, a), at(daemons, b)];
    const found = from.find(at(nodes, b).address.bytes, 256);
    const before = to.packets.length;
    const sent = found !== undefined && from.send(at(nodes, a), at(nodes, b), `${a} to ${b}`);
    for (let ms = 0; ms < 1_000 && to.packets.length === before; ms += 10) lab.run(10);
    if (!sent || to.packets.length !== before + 1) failed.push(`${a} to ${b}`);
  }
  return failed;
}

const allPairs = (count: number): Edge[] =>
  Array.from(
    { length: count * count },
    (_, i) => [Math.floor(i / count), i % count] as const,
  ).filter(([a, b]) => a !== b);

describe("a mesh of routers", () => {
  it.each([
    ["a line of 5", 5, line(5)],
    ["a line of 10", 10, line(10)],
    ["a ring of 10", 10, ring(10)],
    ["a star of 12", 12, Array.from({ length: 11 }, (_, i) => [0, i + 1] as const)],
    ["a grid of 4 by 4", 16, grid(4)],
  ])("%s: every pair finds each other and exchanges packets", (_name, count, edges) => {
    const mesh = createMesh(count, edges);
    mesh.lab.run(2_000);
    expect(failures(mesh, allPairs(count))).toEqual([]);
  });

  it("takes another way when a link of the way in use goes down", () => {
    const mesh = createMesh(4, [
      [0, 1],
      [1, 3],
      [0, 2],
      [2, 3],
    ]);
    const { lab, daemons } = mesh;
    lab.run(2_000);
    expect(failures(mesh, [[0, 3]])).toEqual([]);
    const { nextHop } = at(daemons, 0).router.explain(at(mesh.nodes, 3).address.bytes, 0);
    const isFirst = Buffer.compare(nextHop ?? lab.tag, at(daemons, 1).self.address.bytes) === 0;
    const cut = isFirst ? 1 : 2;
    lab.unlink(at(daemons, cut), at(daemons, 3));
    lab.run(200);
    expect(failures(mesh, [[0, 3]])).toEqual([]);
    expect(failures(mesh, [[3, 0]])).toEqual([]);
  });

  it("tells everybody when a way is lost, at whatever moment", () => {
    const mesh = createMesh(4, line(4));
    const { lab, daemons } = mesh;
    const [first, third, last] = [at(daemons, 0), at(daemons, 2), at(daemons, 3)];
    lab.run(2_000);
    for (let offset = 0; offset < 1_000; offset += 10) {
      lab.run(2_000 + offset);
      expect(first.router.ways(), `${offset} ms`).toHaveLength(3);
      lab.unlink(third, last);
      lab.run(500);
      expect(first.router.ways(), `${offset} ms`).toHaveLength(2);
      lab.link(third, last);
    }
  });

  it("heals after a partition, and forgets who does not come back", () => {
    const mesh = createMesh(6, line(6));
    const { lab, daemons } = mesh;
    lab.run(2_000);
    lab.unlink(at(daemons, 2), at(daemons, 3));
    lab.run(200_000);
    expect(at(daemons, 0).find(at(mesh.nodes, 5).address.bytes, 256)).toBeUndefined();
    expect(failures(mesh, [[0, 2]])).toEqual([]);
    lab.link(at(daemons, 2), at(daemons, 3));
    lab.run(5_000);
    expect(failures(mesh, allPairs(6))).toEqual([]);
  });

  it("asks again when what it sends is not answered: the node is elsewhere by now", () => {
    const mesh = createMesh(4, [
      [0, 1],
      [1, 2],
      [1, 3],
    ]);
    const { lab, daemons, nodes } = mesh;
    lab.run(2_000);
    expect(failures(mesh, [[0, 2]])).toEqual([]);
    const node = at(nodes, 2);
    // Killed and started again, two hops away: nobody says that the node has left.
    at(daemons, 2).restart();
    lab.link(at(daemons, 1), at(daemons, 2));
    // Longer than a question stands.
    lab.run(12_000);
    at(daemons, 3).open(node);
    lab.run(1_000);
    expect(at(daemons, 0).reaches(node)).toBe(true);
    at(daemons, 0).router.doubt(node.address.bytes, lab.clock.monotonicMs());
    lab.run(200);
    expect(at(daemons, 0).reaches(node)).toBe(false);
    expect(at(daemons, 0).find(node.address.bytes, 256)).toBeDefined();
    at(daemons, 0).send(at(nodes, 0), node, "hello");
    lab.run(200);
    expect(at(daemons, 3).packets.map(({ text }) => text)).toEqual(["hello"]);
  });

  it("finds an address by its prefix over the whole network", () => {
    const mesh = createMesh(9, grid(3));
    mesh.lab.run(2_000);
    const node = at(mesh.nodes, 8);
    expect(at(mesh.daemons, 0).find(node.address.bytes, 64)?.address.equals(node.address)).toBe(
      true,
    );
  });

  it("settles: what routers tell each other does not grow", () => {
    const mesh = createMesh(16, grid(4));
    const { lab } = mesh;
    lab.run(70_000);
    lab.carried.length = 0;
    lab.run(60_000);
    const bytes = lab.carried.reduce((sum, { bytes: { length } }) => sum + length, 0);
    const perLink = bytes / 60 / 24;
    expect(perLink).toBeLessThan(1_000);
  });
});
