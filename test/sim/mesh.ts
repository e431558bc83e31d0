// SPDX-License-Identifier: GPL-3.0-or-later

import { selectCrypto } from "../../server/src/crypto/index.js";
/**
 * A mesh of whole daemons in the laboratory, and what can be measured of it: how soon everybody
 * knows a way to everybody, whether every pair exchanges messages, how much longer their ways are
 * than the shortest, and what standing still costs. Each link has a latency of its own.
 */
import { Address } from "../../server/src/identity/index.js";
import { createDaemonLab, type DaemonLab, type LabDaemon } from "./daemon-lab.js";
import type { LinkOptions } from "./link-model.js";
import { createLedger } from "./message-ledger.js";
import { type Edge, leastCosts, type Topology } from "./topologies.js";
import { withVerdictCache } from "./verdict-cache.js";

/** A running mesh. */
export interface Mesh {
  readonly topology: Topology;
  readonly lab: DaemonLab;
  readonly daemons: readonly LabDaemon[];
  /** Milliseconds one way over each link. */
  readonly latencyMs: (edge: Edge) => number;
  daemon(number: number): LabDaemon;
  /** Cuts a link, or joins it again; with `silent` nobody is told. */
  cut(edge: Edge, cut: boolean): void;
}

/** What was measured. */
export interface MeshReport {
  readonly name: string;
  readonly seed: number;
  readonly daemons: number;
  readonly links: number;
  /** Virtual milliseconds from the start of all until everybody knows a way to everybody. */
  readonly convergedMs: number;
  /** Ordered pairs that were to exchange a message each, and messages that arrived. */
  readonly pairs: number;
  readonly arrived: number;
  /** Altered, twice or misattributed. */
  readonly wrong: number;
  /** The latency of the ways taken, by that of the shortest: mean and greatest. */
  readonly stretch: number;
  readonly worstStretch: number;
  /** Bytes a second over a link, both directions, while nobody sends anything: all of them. */
  readonly idleBytesPerLinkSecond: number;
}

/** Latencies of links, in ms, evenly spread. */
const LEAST_LATENCY_MS = 1;
const LATENCY_RANGE_MS = 19;
/** Messages that are sent before the clock goes on; each is a question to every daemon. */
const AT_ONCE = 200;
const AT_ONCE_IN_LARGE = 20;

/** What can be chosen. */
export interface MeshOptions {
  /** "beaconnet" unless said otherwise. */
  readonly algorithm?: string;
  /** How all links are, but for their latencies. */
  readonly link?: Partial<LinkOptions>;
  /** Verdicts of signatures that the daemons share. */
  readonly verdicts?: number;
}

/** Starts all daemons at once. */
export function createMesh(topology: Topology, seed: number, options: MeshOptions = {}): Mesh {
  const { algorithm = "beaconnet", link = {}, verdicts } = options;
  const crypto = withVerdictCache(selectCrypto(), verdicts);
  const lab = createDaemonLab({ seed, crypto, algorithm, link });
  const random = lab.world.random("latencies");
  const daemons = Array.from({ length: topology.daemons }, (_, i) => lab.daemon(`d${i}`));
  const daemon = (number: number): LabDaemon => {
    const found = daemons[number];
    if (found === undefined) throw new RangeError(`number: got ${number}`);
    return found;
  };
  const latencies = new Map<string, number>();
  const hostOf = (number: number): string => daemon(number).at.replace(/:\d+$/, "");
  for (const [a, b] of topology.edges) {
    const latencyMs = LEAST_LATENCY_MS + random.below(LATENCY_RANGE_MS);
    latencies.set(`${a} ${b}`, latencyMs);
    lab.network.between(hostOf(a), hostOf(b), { latencyMs });
    lab.peers(daemon(a), daemon(b));
  }
  return {
    topology,
    lab,
    daemons,
    daemon,
    latencyMs: ([a, b]) => latencies.get(`${a} ${b}`) ?? latencies.get(`${b} ${a}`) ?? 0,
    cut: ([a, b], cut) => lab.network.between(hostOf(a), hostOf(b), { cut }),
  };
}

/** Whether everybody knows a way to everybody who runs. */
export function hasConverged({ daemons }: Pick<Mesh, "daemons">): boolean {
  const running = daemons.filter((daemon) => daemon.running);
  return running.every(({ engine }) => engine.network.ways().length >= running.length - 1);
}

/** Runs until it has converged: how many milliseconds it took. */
export function untilConverged(mesh: Mesh, withinMs = 60_000): number {
  const { world } = mesh.lab;
  const startMs = world.nowMs;
  while (!hasConverged(mesh)) {
    if (world.nowMs - startMs >= withinMs) throw new Error(`not converged in ${withinMs} ms`);
    world.run(10);
  }
  return world.nowMs - startMs;
}

/** Bytes a second over each link while nothing is sent, in so many virtual seconds. */
export function idleCost({ lab, daemons, topology }: Mesh, seconds: number): number {
  const sent = (): number =>
    daemons.reduce((sum, { transport }) => sum + transport.counters.bytesSent, 0);
  const before = sent();
  lab.world.run(1000 * seconds);
  return (sent() - before) / seconds / topology.edges.length;
}

/** Each of these pairs sends one message; what became of them. */
export function exchange(
  { lab, daemons }: Mesh,
  pairs: readonly Edge[],
): Pick<MeshReport, "pairs" | "arrived" | "wrong"> {
  const ledger = createLedger(pairs.length);
  const atOnce = daemons.length > 100 ? AT_ONCE_IN_LARGE : AT_ONCE;
  const numbers = daemons.map((daemon) => ledger.enrol(daemon.open(lab.key())));
  for (const [i, [from, to]] of pairs.entries()) {
    ledger.send(numbers[from] ?? 0, numbers[to] ?? 0, 100);
    if ((i + 1) % atOnce === 0) lab.world.run(100);
  }
  for (let ms = 0; ms < 10_000 && ledger.arrived < pairs.length; ms += 100) lab.world.run(100);
  const { arrived, altered, twice, misattributed } = ledger.report();
  for (const number of numbers) ledger.node(number).opening.close();
  return { pairs: pairs.length, arrived, wrong: altered + twice + misattributed };
}

/** How much longer the ways of these pairs are than the shortest, in latency. */
export function stretchOf(
  mesh: Mesh,
  pairs: readonly Edge[],
): Pick<MeshReport, "stretch" | "worstStretch"> {
  const { daemons, topology, latencyMs } = mesh;
  const shortest = leastCosts(topology.daemons, topology.edges, latencyMs);
  const numbers = new Map(daemons.map(({ address }, number) => [address.toString(), number]));
  const nextHops = daemons.map(({ engine }) => nextHopsOf(engine, numbers));
  let sum = 0;
  let worst = 1;
  for (const [from, to] of pairs) {
    let taken = 0;
    for (let at = from, hops = 0; at !== to; hops++) {
      const next = nextHops[at]?.get(to);
      if (next === undefined || hops > topology.daemons) throw new Error(`no way ${from} to ${to}`);
      taken += latencyMs([at, next]);
      at = next;
    }
    const stretch = taken / (shortest[from]?.[to] ?? 1);
    sum += stretch;
    worst = Math.max(worst, stretch);
  }
  return { stretch: sum / pairs.length, worstStretch: worst };
}

function nextHopsOf(
  { network }: LabDaemon["engine"],
  numbers: ReadonlyMap<string, number>,
): ReadonlyMap<number, number> {
  const hops = new Map<number, number>();
  for (const { router, nextHop } of network.ways()) {
    const to = numbers.get(textOf(router));
    const next = numbers.get(textOf(nextHop));
    if (to !== undefined && next !== undefined) hops.set(to, next);
  }
  return hops;
}

/** Every ordered pair. */
export function allPairs(daemons: number): Edge[] {
  return Array.from(
    { length: daemons * daemons },
    (_, i) => [Math.floor(i / daemons), i % daemons] as const,
  ).filter(([a, b]) => a !== b);
}

/** Measures a mesh; `most` pairs at most, chosen at random. */
export function measureMesh(topology: Topology, seed: number, most: number): MeshReport {
  const mesh = createMesh(topology, seed);
  const { world } = mesh.lab;
  const convergedMs = untilConverged(mesh);
  // Until every link has been measured.
  world.run(65_000);
  const idleBytesPerLinkSecond = idleCost(mesh, 60);
  const all = allPairs(topology.daemons);
  const random = world.random("pairs");
  const pairs = all.length <= most ? all : Array.from({ length: most }, () => random.pick(all));
  return {
    name: topology.name,
    seed,
    daemons: topology.daemons,
    links: topology.edges.length,
    convergedMs,
    ...stretchOf(mesh, pairs),
    ...exchange(mesh, pairs),
    idleBytesPerLinkSecond,
  };
}

const textOf = (address: Uint8Array): string => Address.fromBytes(address).toString();
