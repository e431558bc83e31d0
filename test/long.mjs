// SPDX-License-Identifier: GPL-3.0-or-later

// `npm run long [-- NAME …]`, with the names of `runs`: the tests that CI runs short, at full length.
// Each is an ordinary test file that reads its size from the environment, where another one may be
// set; the seed is printed.
import { spawnSync } from "node:child_process";

const runs = {
  fuzz: {
    what: "1,000,000 inputs, random and mutated, for every decoder",
    files: ["test/fuzz/channel.test.ts", "test/fuzz/link.test.ts"],
    env: { FUZZ_INPUTS: "1000000" },
  },
  soak: {
    what: "1,000,000 packets through a link that loses, doubles and reorders",
    files: ["test/link/soak.test.ts"],
    env: { SOAK_PACKETS: "1000000" },
  },
  model: {
    what: "20,000 runs of the channel against its model",
    files: ["test/unit/channel/model.test.ts"],
    env: { MODEL_RUNS: "20000" },
  },
  crossing: {
    what: "100,000 crossings",
    files: ["test/unit/channel/rules/crossing.test.ts"],
    env: { CROSSINGS: "100000" },
  },
  rekeying: {
    what: "10,000 sessions that rekey",
    files: ["test/unit/channel/rules/rekeying.test.ts"],
    env: { REKEY_SESSIONS: "10000" },
  },
  sessions: {
    what: "200,000 messages end to end over a bad network, 10,000 remote identities",
    files: ["test/unit/session/soak.test.ts", "test/unit/session/remotes.test.ts"],
    env: { SESSION_MESSAGES: "200000", SESSION_REMOTES: "10000" },
  },
  messages: {
    what: "1,000,000 messages between two whole daemons over a bad network, 10,000,000 (MESH_MESSAGES) across a third one; 1,000 remote identities",
    files: ["test/sim/daemons/messages.test.ts", "test/sim/daemons/size.test.ts"],
    env: { DAEMON_MESSAGES: "1000000", MESH_MESSAGES: "10000000", DAEMON_REMOTES: "1000" },
  },
  "first-message": {
    what: "the first message between daemons just started, 50 times; 90 pairs at once, 20 times; in 2 s",
    files: ["test/e2e/two-daemons-first-message.test.ts"],
    env: { FIRST_MESSAGES: "50", CROWDS: "20" },
  },
  meshes: {
    what: "meshes of 2 to 300 whole daemons: every pair, up to 100 of them, exchanges messages; and meshes that break",
    files: ["test/sim/meshes.test.ts", "test/sim/mesh-failures.test.ts"],
    env: { MESHES: "all" },
  },
  churn: {
    what: "30 minutes of a mesh of 20 daemons that restart, are parted and joined, with clocks that jump back",
    files: ["test/sim/churn.test.ts"],
    env: { CHURN_MINUTES: "30" },
  },
  "mesh-sessions": {
    what: "10 minutes of rekeying at 8 Mbit/s across a mesh; 17,000 remote identities of one daemon",
    files: ["test/sim/daemons/rekeying.test.ts", "test/sim/daemons/remotes.test.ts"],
    env: { REKEY_SECONDS: "600", REKEY_BYTES: "1000", REMOTES: "17000" },
  },
  "hostile-clients": {
    what: "hostile clients at a daemon, one of which sends 10 GB: memory, and another client's round trips",
    files: ["test/e2e/hostile-clients.test.ts"],
    env: { HOSTILE_ROUNDS: "30000", HOSTILE_BYTES: "10000000000" },
  },
  flood: {
    what: "floods of 10,000 message 1 a second, 10 s each",
    files: ["test/unit/channel/rules/flood.test.ts"],
    env: { FLOOD_SECONDS: "10" },
  },
};

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (name in runs) continue;
  process.stderr.write(`long: ${name}: unknown, expected ${Object.keys(runs).join(", ")}\n`);
  process.exit(2);
}
let failed = false;
for (const [name, { what, files, env }] of Object.entries(runs)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`${name}: ${what}\n`);
  const { status } = spawnSync("npx", ["vitest", "run", "--testTimeout", "7200000", ...files], {
    stdio: "inherit",
    env: { ...env, ...process.env },
  });
  if (status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);
