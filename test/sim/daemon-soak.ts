// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Many messages between nodes of two daemons, which are neighbours or the ends of a mesh, over a
 * bad network: at a pace that the network can carry, and by senders that pause while it is crowded.
 */
import { heldBytes } from "../support/held-bytes.js";
import { createDaemonLab, type DaemonLab, type LabDaemon } from "./daemon-lab.js";
import type { LinkOptions } from "./link-model.js";
import { createLedger, type LedgerReport, SHORTEST_BYTES } from "./message-ledger.js";
import { line, type Topology } from "./topologies.js";

/** What became of the messages. */
export interface DaemonSoakReport extends LedgerReport {
  readonly virtualMs: number;
  /** Messages that sessions lost before they were sealed: given up, or pushed out. */
  readonly lostWaiting: number;
  /** Bytes that are held, after a tenth of the messages and after all of them. */
  readonly heapBytes: readonly [number, number];
}

/** How to run. */
export interface DaemonSoakOptions {
  readonly messages: number;
  readonly seed: number;
  readonly nodesEach?: number;
  /** The nodes are at its first daemon and its last one. Undefined: two neighbours. */
  readonly topology?: Topology;
}

const BAD: Partial<LinkOptions> = {
  latencyMs: 5,
  jitterMs: 5,
  loss: 0.05,
  duplicate: 0.02,
  reorder: 0.05,
  reorderMs: 20,
};
/** Bytes that are begun in a millisecond: 12 Mbit/s. */
const BYTES_PER_MS = 1_500;

/** Runs it, to the last message and 15 s on. */
export function runDaemonSoak(options: DaemonSoakOptions): DaemonSoakReport {
  const { messages, seed, nodesEach = 4 } = options;
  const { topology } = options;
  const algorithm = topology === undefined ? "onehop" : "beaconnet";
  const lab = createDaemonLab({ seed, link: BAD, algorithm });
  const { world } = lab;
  const daemons = createEnds(lab, topology ?? line(2));
  const ledger = createLedger(messages);
  for (let i = 0; i < nodesEach * 2; i++)
    ledger.enrol((daemons[i % 2] ?? daemons[0]).open(lab.key()));
  const random = world.random("messages");
  const startMs = world.nowMs;
  let heapThen = 0;
  let allowance = 0;
  while (ledger.sent < messages) {
    for (allowance += BYTES_PER_MS; allowance > 0 && ledger.sent < messages; ) {
      const from = random.below(nodesEach * 2);
      const to = (from + 1 + 2 * random.below(nodesEach)) % (nodesEach * 2);
      const length = sizeOf(random.u32() / 0x1_0000_0000);
      allowance -= length + 100;
      if (ledger.node(from).paused) continue;
      ledger.send(from, to, length);
    }
    world.run(1);
    if (heapThen === 0 && ledger.sent >= messages / 10) heapThen = heldBytes();
  }
  const virtualMs = world.nowMs - startMs;
  world.run(15_000);
  const lost = daemons.map(({ engine: { sessions } }) => sessions.counters);
  return {
    ...ledger.report(),
    virtualMs,
    lostWaiting: lost.reduce((sum, { lostWaiting, givenUp }) => sum + lostWaiting + givenUp, 0),
    heapBytes: [heapThen, heldBytes()],
  };
}

/** The first daemon and the last one, linked as the topology says. */
function createEnds(lab: DaemonLab, { daemons: count, edges }: Topology) {
  const daemons = Array.from({ length: count }, (_, i) => lab.daemon(`d${i}`));
  const daemon = (number: number): LabDaemon => {
    const found = daemons[number];
    if (found === undefined) throw new RangeError(`number: got ${number}`);
    return found;
  };
  for (const [a, b] of edges) lab.peers(daemon(a), daemon(b));
  // Before that nobody knows of the other end, and a message for it is refused.
  const known = ({ engine }: LabDaemon): boolean => engine.network.ways().length === count - 1;
  if (count > 2)
    lab.world.runUntil("the ends know of each other", () =>
      [daemon(0), daemon(count - 1)].every(known),
    );
  return [daemon(0), daemon(count - 1)] as const;
}

/** Most are short, and one in fifty is of any size up to the largest. */
function sizeOf(share: number): number {
  if (share < 0.02) return Math.floor(65_536 ** (share / 0.02));
  return SHORTEST_BYTES + Math.floor(1_400 * ((share - 0.02) / 0.98) ** 3);
}
