// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A mesh of whole daemons that gets no rest: every minute one in ten restarts, clocks jump back,
 * nodes come and go, and now and then the mesh is cut in two and joined again, while everybody
 * sends. What it guards: in the end every node is closed and what is remembered for a while has been
 * forgotten, so that what is held then can be compared with what was held before.
 */
import type { SeededRandom } from "../support/seeded-random.js";
import { createChurnCrowd } from "./churn-crowd.js";
import { hasConverged, type Mesh } from "./mesh.js";
import type { LedgerReport } from "./message-ledger.js";

/** What happened, and what became of the messages. */
export interface ChurnReport extends LedgerReport {
  readonly restarts: number;
  readonly jumps: number;
  readonly partitions: number;
  /** The longest virtual time from the last trouble until everybody knew a way to everybody. */
  readonly recoveredMs: number;
  /** Messages that were sent in the last quarters of the minutes, and those of them that arrived. */
  readonly calmSent: number;
  readonly calmArrived: number;
}

/** What all daemons of a mesh hold together. */
export interface Holdings {
  readonly ways: number;
  readonly peers: number;
  readonly nodes: number;
  readonly remotes: number;
  readonly sessions: number;
  readonly waitingBytes: number;
  readonly queuedBytes: number;
  readonly deadlines: number;
}

const MINUTE_MS = 60_000;
/** Between two rounds of messages. */
const STEP_MS = 100;
/** In each minute trouble comes before this, */
const TROUBLE_MS = 35_000;
/** is over, with the daemons that were down, before this, */
const LONGEST_DOWN_MS = 5_000;
/** and after this messages are taken to be carried. */
const CALM_AFTER_MS = 45_000;
/** The mesh is cut in two once in so many minutes, for so long. */
const PARTITION_EVERY = 5;
const PARTITION_MS = 30_000;
const GREATEST_JUMP_MS = 3 * 3_600_000;
interface Trouble {
  readonly kind: "down" | "up" | "jump" | "cut" | "heal";
  /** After the minute began. */
  readonly atMs: number;
  readonly happen: () => void;
}

/** How to churn. */
export interface ChurnOptions {
  readonly minutes: number;
  /** Virtual milliseconds that pass in the end, when every node is closed. */
  readonly forgetMs: number;
}

/** Lets a converged mesh churn; then all nodes are closed, and time passes. */
export function runChurn(mesh: Mesh, { minutes, forgetMs }: ChurnOptions): ChurnReport {
  const { world } = mesh.lab;
  const random = world.random(`churn ${world.nowMs}`);
  const crowd = createChurnCrowd(mesh, minutes, random);
  const counts = { down: 0, up: 0, jump: 0, cut: 0, heal: 0 };
  let recoveredMs = 0;
  for (let minute = 0; minute < minutes; minute++) {
    const troubles = troublesOf(mesh, random, crowd.back, minute % PARTITION_EVERY === 0);
    for (const { kind } of troubles) counts[kind] += 1;
    crowd.visit();
    let troubledMs: number | undefined;
    for (let ms = 0; ms < MINUTE_MS; ms += STEP_MS) {
      for (; (troubles[0]?.atMs ?? MINUTE_MS) <= ms; troubles.shift()) {
        troubles[0]?.happen();
        troubledMs = world.nowMs;
      }
      crowd.send(ms >= CALM_AFTER_MS);
      world.run(STEP_MS);
      if (troubledMs === undefined || troubles.length > 0 || !hasConverged(mesh)) continue;
      recoveredMs = Math.max(recoveredMs, world.nowMs - troubledMs);
      troubledMs = undefined;
    }
    if (troubledMs !== undefined) throw new Error(`minute ${minute}: the routes do not recover`);
    crowd.leave();
  }
  world.run(MINUTE_MS);
  const report = crowd.end();
  world.run(forgetMs);
  return {
    ...report,
    restarts: counts.up,
    jumps: counts.jump,
    partitions: counts.cut,
    recoveredMs,
  };
}

/** What is held, when nothing is in motion. */
export function holdings({ daemons }: Pick<Mesh, "daemons">): Holdings {
  const sum = (count: (daemon: Mesh["daemons"][number]) => number): number =>
    daemons.reduce((total, daemon) => total + count(daemon), 0);
  return {
    ways: sum(({ engine }) => engine.network.ways().length),
    peers: sum(({ engine }) => engine.network.peers.size),
    nodes: sum(({ engine }) => engine.sessions.stats().nodes),
    remotes: sum(({ engine }) => engine.sessions.stats().remotes),
    sessions: sum(({ engine }) => engine.sessions.stats().sessions),
    waitingBytes: sum(({ engine }) => engine.sessions.stats().waitingBytes),
    queuedBytes: sum(({ engine }) => engine.budget.used()),
    deadlines: sum(({ host }) => host.deadlines.size()),
  };
}

/** The troubles of one minute, in their order. */
function troublesOf(
  mesh: Mesh,
  random: SeededRandom,
  back: (daemon: number) => void,
  isParted: boolean,
): Trouble[] {
  const troubles: Trouble[] = [];
  for (const [number, daemon] of mesh.daemons.entries()) {
    if (random.oneIn(10)) {
      const atMs = random.below(TROUBLE_MS);
      const inGoodOrder = random.oneIn(3);
      const down = (): void => (inGoodOrder ? daemon.stop() : daemon.kill());
      troubles.push({ kind: "down", atMs, happen: down });
      const up = (): void => {
        daemon.start();
        back(number);
      };
      troubles.push({ kind: "up", atMs: atMs + 1 + random.below(LONGEST_DOWN_MS), happen: up });
    }
    if (random.oneIn(20)) {
      const byMs = -random.below(GREATEST_JUMP_MS);
      const jump = (): void => {
        if (daemon.running) daemon.host.jumpWall(byMs);
      };
      troubles.push({ kind: "jump", atMs: random.below(TROUBLE_MS), happen: jump });
    }
  }
  if (isParted) {
    troubles.push({ kind: "cut", atMs: 0, happen: () => part(mesh, true) });
    troubles.push({ kind: "heal", atMs: PARTITION_MS, happen: () => part(mesh, false) });
  }
  return troubles.sort((a, b) => a.atMs - b.atMs);
}

/** Cuts the mesh in two, or joins the two again: those with the lower numbers, and the others. */
function part(mesh: Mesh, cut: boolean): void {
  const isLow = (number: number): boolean => number < mesh.daemons.length / 2;
  for (const edge of mesh.topology.edges) {
    if (isLow(edge[0]) !== isLow(edge[1])) mesh.cut(edge, cut);
  }
}
