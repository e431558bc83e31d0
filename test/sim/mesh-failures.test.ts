// SPDX-License-Identifier: GPL-3.0-or-later

// Meshes that break: traffic finds another way, partitions heal, and nothing arrives twice. The
// times are the laboratory's own; they are printed.

import { describe, expect, it } from "vitest";
import type { LabNode } from "./lab-node.js";
import { allPairs, createMesh, exchange, type Mesh, untilConverged } from "./mesh.js";
import { grid, line, ring, type Topology } from "./topologies.js";

const DIAMOND: Topology = {
  name: "diamond",
  daemons: 4,
  edges: [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
  ],
};

/** A stream of numbered messages, one each `everyMs`. */
function startStream(mesh: Mesh, from: LabNode, to: LabNode, everyMs = 10) {
  const { world } = mesh.lab;
  const arrivedMs: number[] = [];
  const numbers: number[] = [];
  let sent = 0;
  let running = true;
  to.onMessage = (_source, payload) => {
    arrivedMs.push(world.nowMs);
    numbers.push(Number(Buffer.from(payload).toString()));
  };
  const tick = (): void => {
    if (!running) return;
    from.send(to.address, `${sent}`);
    sent += 1;
    world.after(everyMs, tick);
  };
  tick();
  return {
    numbers,
    get sent() {
      return sent;
    },
    stop() {
      running = false;
    },
    /** The longest time without an arrival since then. */
    gapSince(sinceMs: number): number {
      let last = sinceMs;
      let gap = 0;
      for (const ms of [...arrivedMs, world.nowMs]) {
        if (ms < sinceMs) continue;
        gap = Math.max(gap, ms - last);
        last = ms;
      }
      return gap;
    },
  };
}

/** The daemon in the middle of a diamond that traffic from 0 to 3 takes. */
function middle(mesh: Mesh): number {
  const target = mesh.daemon(3).address.bytes;
  const way = mesh
    .daemon(0)
    .engine.network.ways()
    .find(({ router }) => Buffer.compare(router, target) === 0);
  const isFirst = Buffer.compare(way?.nextHop ?? target, mesh.daemon(1).address.bytes) === 0;
  return isFirst ? 1 : 2;
}

function createDiamond(seed: number) {
  const mesh = createMesh(DIAMOND, seed);
  untilConverged(mesh);
  const { lab } = mesh;
  const from = mesh.daemon(0).open(lab.key());
  const to = mesh.daemon(3).open(lab.key());
  lab.world.run(3_000);
  const stream = startStream(mesh, from, to);
  lab.world.run(5_000);
  return { mesh, lab, stream };
}

const SEEDS = process.env["MESHES"] === "all" ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [1, 2];

describe("a diamond of four daemons", () => {
  it("loses traffic for less than 2 s when its way is cut silently, behind either end", () => {
    const gaps: number[] = [];
    for (const seed of SEEDS) {
      for (const far of [false, true]) {
        const { mesh, lab, stream } = createDiamond(seed);
        const used = middle(mesh);
        const cutMs = lab.world.nowMs;
        mesh.cut(far ? [used, 3] : [0, used], true);
        lab.world.run(10_000);
        gaps.push(stream.gapSince(cutMs));
        expect(new Set(stream.numbers).size).toBe(stream.numbers.length);
      }
    }
    process.stdout.write(
      `cut silently: gaps of ${gaps.map((gap) => gap.toFixed(0)).join(", ")} ms\n`,
    );
    expect(Math.max(...gaps)).toBeLessThan(2_000);
  });

  it("loses traffic for less than 1 s when the daemon on the way stops or is killed", () => {
    const gaps: Record<string, number[]> = { stop: [], kill: [] };
    for (const seed of SEEDS) {
      for (const how of ["stop", "kill"] as const) {
        const { mesh, lab, stream } = createDiamond(seed);
        const cutMs = lab.world.nowMs;
        mesh.daemon(middle(mesh))[how]();
        lab.world.run(10_000);
        gaps[how]?.push(stream.gapSince(cutMs));
        expect(new Set(stream.numbers).size).toBe(stream.numbers.length);
      }
    }
    for (const [how, list] of Object.entries(gaps)) {
      process.stdout.write(`${how}: gaps of ${list.map((gap) => gap.toFixed(0)).join(", ")} ms\n`);
      expect(Math.max(...list), how).toBeLessThan(1_000);
    }
  });
});

describe("a mesh that breaks", () => {
  it("heals after a partition", () => {
    const mesh = createMesh(ring(8), 1);
    untilConverged(mesh);
    const { world } = mesh.lab;
    mesh.cut([0, 7], true);
    mesh.cut([3, 4], true);
    world.run(90_000);
    expect(mesh.daemon(0).engine.network.ways()).toHaveLength(3);
    mesh.cut([0, 7], false);
    mesh.cut([3, 4], false);
    const tookMs = untilConverged(mesh);
    process.stdout.write(`healed after ${tookMs.toFixed(0)} ms\n`);
    const { arrived, pairs, wrong } = exchange(mesh, allPairs(8));
    expect([arrived, wrong]).toEqual([pairs, 0]);
  });

  it("a daemon on a line is killed and started again: traffic goes on", () => {
    const mesh = createMesh(line(5), 1);
    untilConverged(mesh);
    const { lab } = mesh;
    const from = mesh.daemon(0).open(lab.key());
    const to = mesh.daemon(4).open(lab.key());
    const stream = startStream(mesh, from, to);
    lab.world.run(3_000);
    mesh.daemon(2).kill();
    lab.world.run(5_000);
    const backMs = lab.world.nowMs;
    mesh.daemon(2).start();
    const before = stream.numbers.length;
    const tookMs = lab.world.runUntil("traffic", () => stream.numbers.length > before, 10_000);
    process.stdout.write(`traffic again ${tookMs.toFixed(0)} ms after the start\n`);
    expect(lab.world.nowMs - backMs).toBeLessThan(2_000);
    lab.world.run(5_000);
    expect(new Set(stream.numbers).size).toBe(stream.numbers.length);
  });

  it("a neighbour that was away costs what its link takes, not what one takes that was not measured", () => {
    for (const seed of SEEDS) {
      const mesh = createMesh(line(2), seed);
      untilConverged(mesh);
      const { world } = mesh.lab;
      const cost = (): number => mesh.daemon(0).engine.network.ways()[0]?.costMicros ?? 0;
      world.run(65_000);
      const before = cost();
      expect(before).toBe(500 + 1_000 * mesh.latencyMs([0, 1]));
      mesh.daemon(1).stop();
      world.run(100);
      expect(cost()).toBe(0);
      mesh.daemon(1).start();
      world.run(65_000);
      expect(cost(), `seed ${seed}`).toBeLessThan(1.5 * before);
    }
  });

  it("churn: every tenth daemon restarts each minute for five, clocks jump, and all is well after", () => {
    const mesh = createMesh(grid(4), 1);
    untilConverged(mesh);
    const { lab, daemons } = mesh;
    const { world } = lab;
    const random = world.random("churn");
    for (let minute = 0; minute < 5; minute++) {
      for (const daemon of daemons.filter(() => random.oneIn(10))) {
        daemon.kill();
        world.run(random.below(3_000));
        daemon.start();
        if (random.oneIn(2)) daemon.host.jumpWall(-random.below(10_000_000));
      }
      world.run(60_000);
    }
    untilConverged(mesh);
    const { arrived, pairs, wrong } = exchange(mesh, allPairs(16));
    expect([arrived, wrong]).toEqual([pairs, 0]);
  });
});
