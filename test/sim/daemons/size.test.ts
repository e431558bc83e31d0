// SPDX-License-Identifier: GPL-3.0-or-later

// What many nodes and many remote identities cost: memory, which is printed, and traffic, of which
// nodes that say nothing make none.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDaemonLab } from "../daemon-lab.js";

let collect: () => void;
beforeAll(() => {
  setFlagsFromString("--expose-gc");
  collect = runInNewContext("gc");
});
afterAll(() => setFlagsFromString("--no-expose-gc"));

function heldBytes(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Pairs of nodes; DAEMON_REMOTES in the environment. */
const MANY = Number(process.env["DAEMON_REMOTES"] ?? 250);
/** Bytes that one may cost at most: several times what is measured, to catch a leak. */
const NODE_BYTES = 16 * 1024;
const REMOTE_BYTES = 96 * 1024;

function createPair() {
  const lab = createDaemonLab({ link: { latencyMs: 2 } });
  const [home, away] = [lab.daemon("home"), lab.daemon("away")];
  lab.peers(home, away);
  lab.untilUp(home, away);
  // The links have found out about their paths.
  lab.world.run(30_000);
  return { lab, home, away };
}

it(`twice ${MANY} nodes, and ${MANY} remote identities of each daemon, fit`, () => {
  const { lab, home, away } = createPair();
  const keys = Array.from({ length: 2 * MANY }, () => lab.key());
  const empty = heldBytes();
  const nodes = keys.map((key, i) => (i < MANY ? home : away).open(key));
  let heard = 0;
  for (const node of nodes) {
    node.onMessage = () => {
      heard += 1;
    };
  }
  const open = heldBytes();
  const startMs = lab.world.nowMs;
  // A neighbour's records are verified at 500 a second at most (R4).
  for (let i = 0; i < MANY; i++) {
    const [one, other] = [nodes[i], nodes[MANY + i]];
    if (one === undefined || other === undefined) throw new Error("expected both");
    expect(one.send(other.address, "hello")).toBeUndefined();
    lab.world.run(5);
  }
  lab.world.runUntil("all heard", () => heard === MANY, 10_000);
  const tookMs = lab.world.nowMs - startMs;
  const talking = heldBytes();
  const nodeBytes = Math.round((open - empty) / (2 * MANY));
  const remoteBytes = Math.round((talking - open) / MANY);
  console.log(
    `a node: ${nodeBytes} B; a remote identity, both ends: ${remoteBytes} B; ` +
      `${MANY} first messages in ${tookMs.toFixed(0)} ms`,
  );
  expect(nodeBytes).toBeLessThan(NODE_BYTES);
  expect(remoteBytes).toBeLessThan(REMOTE_BYTES);
  for (const { engine } of [home, away]) {
    expect(engine.sessions.stats()).toMatchObject({ remotes: MANY, waitingRemotes: 0 });
  }
});

it("opening 10,000 nodes makes no traffic", () => {
  const quiet = (nodes: number): readonly number[] => {
    const { lab, home } = createPair();
    const keys = Array.from({ length: nodes }, () => lab.key());
    const before = lab.network.counters.sent;
    const startMs = performance.now();
    for (const key of keys) home.open(key);
    const tookMs = performance.now() - startMs;
    if (nodes > 0) console.log(`${nodes} nodes opened in ${tookMs.toFixed(0)} ms`);
    const beforeBytes = home.transport.counters.bytesSent;
    lab.world.run(60_000);
    return [lab.network.counters.sent - before, home.transport.counters.bytesSent - beforeBytes];
  };
  expect(quiet(10_000)).toEqual(quiet(0));
});
