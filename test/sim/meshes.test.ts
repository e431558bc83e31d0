// SPDX-License-Identifier: GPL-3.0-or-later

// Meshes of whole daemons: everybody knows a way to everybody, and every pair exchanges messages.
// `npm run sim` runs larger ones and prints the table; MESHES says which: short or all.

import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../support/seeded-random.js";
import { createMesh, idleCost, type MeshReport, measureMesh, untilConverged } from "./mesh.js";
import {
  grid,
  line,
  preferential,
  randomGraph,
  ring,
  star,
  type Topology,
  twoClusters,
} from "./topologies.js";

const SEED = Number(process.env["SIM_SEED"] ?? "1");
const ALL = process.env["MESHES"] === "all";
const random = createSeededRandom(SEED);

const short: readonly Topology[] = [line(2), line(5), line(10), ring(10), grid(3)];
const long: readonly Topology[] = [
  star(20),
  grid(6),
  twoClusters(15, 4, random),
  preferential(50, 2, random),
  randomGraph(100, 4, random),
  randomGraph(300, 4, random),
];
const reports: MeshReport[] = [];

describe("a mesh of daemons", () => {
  it.each(
    (ALL ? [...short, ...long] : short).map((topology) => ({ topology, name: topology.name })),
  )(
    "$name: every pair exchanges messages",
    ({ topology }) => {
      const startMs = performance.now();
      const report = measureMesh(topology, SEED, topology.daemons > 100 ? 5_000 : 10_000);
      reports.push(report);
      print(report, (performance.now() - startMs) / 1000);
      expect(report.arrived).toBe(report.pairs);
      expect(report.wrong).toBe(0);
    },
    // For the largest: an hour of a processor that has nothing else to do.
    4 * 3_600_000,
  );
});

describe("nodes that nobody asks for", () => {
  it("cost no byte, however many are attached", () => {
    const cost = (nodes: number): number => {
      const mesh = createMesh(grid(3), SEED);
      untilConverged(mesh);
      mesh.lab.world.run(65_000);
      for (const daemon of mesh.daemons) {
        for (let i = 0; i < nodes; i++) daemon.open(mesh.lab.key());
      }
      return idleCost(mesh, 60);
    };
    const [none, many] = [cost(0), cost(ALL ? 1_000 : 50)];
    process.stdout.write(`idle: ${none.toFixed(0)} B/s a link, with nodes ${many.toFixed(0)}\n`);
    expect(many).toBeLessThanOrEqual(none * 1.02);
  });
});

function print(report: MeshReport, seconds: number): void {
  const { name, daemons, links, convergedMs, pairs, arrived, stretch, worstStretch } = report;
  const cells = [
    name.padEnd(20),
    `${daemons} daemons`,
    `${links} links`,
    `converged in ${(convergedMs / 1000).toFixed(2)} s`,
    `${arrived} of ${pairs} pairs`,
    `stretch ${stretch.toFixed(3)} (worst ${worstStretch.toFixed(2)})`,
    `idle ${report.idleBytesPerLinkSecond.toFixed(0)} B/s a link`,
    `seed ${SEED}`,
    `${seconds.toFixed(0)} s`,
  ];
  process.stdout.write(`${cells.join("  ")}\n`);
}
