// SPDX-License-Identifier: GPL-3.0-or-later

// Thousands of remote identities, at four daemons behind a fifth, that talk to one node of a sixth:
// what that daemon holds for them stays inside its bounds, and a pair that was pushed out talks
// again. How many: REMOTES in the environment; beyond 16,384 pairs are pushed out.

import { expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../../server/src/session/constants.js";
import { heldBytes } from "../../support/held-bytes.js";
import type { LabNode } from "../lab-node.js";
import { createMesh, untilConverged } from "../mesh.js";
import type { Topology } from "../topologies.js";

const REMOTES = Number(process.env["REMOTES"] ?? 250);
/** Between two first messages: 200 a second. */
const PAUSE_MS = 5;
/** What one remote identity may cost both ends and those between, its node included. */
const REMOTE_BYTES = 112 * 1024;
const AWAY = [2, 3, 4, 5];
const TOPOLOGY: Topology = {
  name: "home, one between, and four",
  daemons: 6,
  edges: [[0, 1], ...AWAY.map((away) => [1, away] as const)],
};

it(`${REMOTES} remote identities talk to one node across a mesh, in bounded memory`, () => {
  const mesh = createMesh(TOPOLOGY, 1, { verdicts: 1_000 });
  untilConverged(mesh);
  const { lab } = mesh;
  const { world } = lab;
  const home = mesh.daemon(0);
  const target = home.open(lab.key());
  let heard = 0;
  target.onMessage = () => {
    heard += 1;
  };
  const emptyBytes = heldBytes();
  const remotes = Array.from({ length: REMOTES }, (_, i): LabNode => {
    const node = mesh.daemon(AWAY[i % AWAY.length] ?? 2).open(lab.key());
    expect(node.send(target.address, "hello")).toBeUndefined();
    world.run(PAUSE_MS);
    return node;
  });
  world.runUntil("all were heard", () => heard >= REMOTES, 20_000);
  const { sessions } = home.engine;
  const kept = Math.min(REMOTES, DEFAULT_LIMITS.pairs);
  const bytes = heldBytes() - emptyBytes;
  process.stdout.write(
    `${REMOTES} remote identities: ${(bytes / 2 ** 20).toFixed(0)} MiB held by all daemons, ` +
      `${Math.round(bytes / REMOTES)} B each; at home ${JSON.stringify(sessions.stats())}, ` +
      `${sessions.counters.evicted} pushed out\n`,
  );
  expect(heard).toBe(REMOTES);
  expect(sessions.stats()).toMatchObject({ remotes: kept, sessions: kept, waitingBytes: 0 });
  expect(sessions.counters.evicted).toBe(REMOTES - kept);
  expect(bytes / REMOTES).toBeLessThan(REMOTE_BYTES);

  // The first ones are those that were pushed out, if any were.
  const again = remotes.slice(0, 100);
  const before = heard;
  for (const node of again) {
    expect(node.send(target.address, "again")).toBeUndefined();
    expect(target.send(node.address, "you too")).toBeUndefined();
    world.run(PAUSE_MS);
  }
  world.run(5_000);
  expect(heard - before).toBe(again.length);
  expect(again.every(({ texts }) => texts.join() === "you too")).toBe(true);
  expect(sessions.stats().remotes).toBe(kept);
}, 7_200_000);
