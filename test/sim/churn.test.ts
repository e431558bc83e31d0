// SPDX-License-Identifier: GPL-3.0-or-later

// A mesh that churns: routes recover, nothing arrives twice or altered, and in the end no more is
// held than before. CHURN_MINUTES in the environment makes it long, of 20 daemons and with an hour
// to forget; CHURN_SEED chooses the seed.

import { expect, it } from "vitest";
import { heldBytes } from "../support/held-bytes.js";
import { createSeededRandom } from "../support/seeded-random.js";
import { type ChurnReport, holdings, runChurn } from "./churn.js";
import { createMesh, untilConverged } from "./mesh.js";
import { randomGraph } from "./topologies.js";

const LONG = process.env["CHURN_MINUTES"];
const SEED = Number(process.env["CHURN_SEED"] ?? 1);
const MINUTES = Number(LONG ?? 2);
const DAEMONS = LONG === undefined ? 8 : 20;
/** Pairs are forgotten after 200 s, what is known of nodes after an hour. */
const FORGET_MS = LONG === undefined ? 220_000 : 3_700_000;
/** The first minutes, in which buffers and caches reach the size that they keep. */
const FIRST_MINUTES = LONG === undefined ? 1 : 5;
/** What we say of the routes, in milliseconds of the laboratory, from the last trouble on. */
const RECOVERED_MS = 10_000;
const MOST_GROWTH_BYTES = 4 * 1024 * 1024;
const BAD = { loss: 0.005, duplicate: 0.02, reorder: 0.02, reorderMs: 50 };

function expectWell(report: ChurnReport): void {
  const { altered, twice, misattributed, recoveredMs, calmArrived, calmSent } = report;
  expect({ altered, twice, misattributed }).toEqual({ altered: 0, twice: 0, misattributed: 0 });
  expect(recoveredMs).toBeLessThan(RECOVERED_MS);
  // The links lose one in two hundred, and a message crosses several.
  expect(calmArrived).toBeGreaterThan(0.95 * calmSent);
}

it(
  `${MINUTES} minutes in which one in ten of ${DAEMONS} daemons restarts each minute`,
  () => {
    const topology = randomGraph(DAEMONS, 4, createSeededRandom(SEED));
    // Few verdicts are shared, lest they pass for the daemons' memory.
    const mesh = createMesh(topology, SEED, { link: BAD, verdicts: 1_000 });
    untilConverged(mesh);
    expectWell(runChurn(mesh, { minutes: FIRST_MINUTES, forgetMs: FORGET_MS }));
    const before = { ...holdings(mesh), bytes: heldBytes() };
    const report = runChurn(mesh, { minutes: MINUTES, forgetMs: FORGET_MS });
    const after = { ...holdings(mesh), bytes: heldBytes() };
    const held = JSON.stringify({ before, after });
    process.stdout.write(`seed ${SEED}: ${JSON.stringify(report)}\nheld: ${held}\n`);
    expectWell(report);
    const { deadlines, bytes, ...tables } = after;
    expect(tables).toEqual({
      ...{ ways: DAEMONS * (DAEMONS - 1), peers: 2 * topology.edges.length, nodes: DAEMONS },
      ...{ remotes: 0, sessions: 0, waitingBytes: 0, queuedBytes: 0 },
    });
    // Some are set and some are not at any moment.
    expect(deadlines).toBeLessThan(1.3 * before.deadlines);
    expect(bytes - before.bytes).toBeLessThan(MOST_GROWTH_BYTES);
  },
  LONG === undefined ? 60_000 : 7_200_000,
);
