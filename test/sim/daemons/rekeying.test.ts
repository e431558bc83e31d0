// SPDX-License-Identifier: GPL-3.0-or-later

// Keys are replaced in full traffic: on a network that loses nothing, nothing is lost, by the
// sessions across a line of three daemons or by its links. For how long and how much a millisecond:
// REKEY_SECONDS and REKEY_BYTES in the environment.

import { expect, it } from "vitest";
import { createMesh, type Mesh, untilConverged } from "../mesh.js";
import { createLedger } from "../message-ledger.js";
import { line } from "../topologies.js";

const SECONDS = Number(process.env["REKEY_SECONDS"] ?? 250);
/** Bytes that are begun in a millisecond, by all nodes together. */
const BYTES_PER_MS = Number(process.env["REKEY_BYTES"] ?? 60);
const NODES_EACH = 2;
const STEP_MS = 4;
const LONGEST_BYTES = 1_300;
/** Keys are replaced when they are 108 to 120 s old (S11). */
const REKEY_MS = 120_000;

/** Handshakes that were completed: of the sessions of the ends, of all links. Both sides count. */
function handshakes({ daemons }: Mesh): readonly [number, number] {
  const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);
  return [
    sum(daemons.map(({ engine }) => engine.sessions.channelCounters.handshakesCompleted)),
    sum(daemons.map(({ engine }) => engine.network.peers.counters.handshakesCompleted)),
  ];
}

it(`rekey-across-a-mesh-under-load-loses-nothing: ${SECONDS} s`, () => {
  const startMs = performance.now();
  const mesh = createMesh(line(3), 1);
  untilConverged(mesh);
  const { lab } = mesh;
  const { world } = lab;
  const ends = [mesh.daemon(0), mesh.daemon(2)] as const;
  const ledger = createLedger(SECONDS * 1_000 * (1 + Math.ceil(BYTES_PER_MS / 50)));
  for (let i = 0; i < 2 * NODES_EACH; i++) {
    ledger.enrol((ends[i % 2] ?? ends[0]).open(lab.key()));
  }
  const random = world.random("messages");
  let first: readonly [number, number] | undefined;
  let allowance = 0;
  for (let ms = 0; ms < 1_000 * SECONDS; ms += STEP_MS) {
    allowance += STEP_MS * BYTES_PER_MS;
    while (allowance > 0) {
      const from = random.below(2 * NODES_EACH);
      const to = (from + 1 + 2 * random.below(NODES_EACH)) % (2 * NODES_EACH);
      const length = 12 + random.below(LONGEST_BYTES);
      allowance -= length;
      if (!ledger.node(from).paused) ledger.send(from, to, length);
    }
    world.run(STEP_MS);
    if (ms >= 10_000) first ??= handshakes(mesh);
  }
  world.run(10_000);
  const [sessions = 0, links = 0] = handshakes(mesh).map((count, i) => count - (first?.[i] ?? 0));
  const { sent, arrived, refused, altered, twice, misattributed } = ledger.report();
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
  process.stdout.write(
    `${sent} messages, ${arrived} arrived, while sessions were replaced ${sessions} times and links ` +
      `${links} times (each end counts): ${SECONDS} virtual seconds in ${seconds} s\n`,
  );
  expect({ arrived, refused, altered, twice, misattributed }).toEqual({
    ...{ arrived: sent, refused: 0, altered: 0, twice: 0, misattributed: 0 },
  });
  const rekeys = Math.floor((1_000 * SECONDS) / REKEY_MS);
  expect(sessions).toBeGreaterThanOrEqual(rekeys * NODES_EACH * NODES_EACH);
  expect(links).toBeGreaterThanOrEqual(rekeys * mesh.topology.edges.length);
}, 7_200_000);
