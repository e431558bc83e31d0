// SPDX-License-Identifier: GPL-3.0-or-later

// Many messages over a bad network, between two daemons that are neighbours, and across a third one
// between them. How many: DAEMON_MESSAGES and MESH_MESSAGES in the environment; DAEMON_SEED chooses
// the seed.

import { expect, it } from "vitest";
import { runDaemonSoak } from "../daemon-soak.js";
import { line } from "../topologies.js";

const LONG = process.env["DAEMON_MESSAGES"];
const MESSAGES = Number(LONG ?? 20_000);
const MESH_MESSAGES = Number(process.env["MESH_MESSAGES"] ?? 100_000);
const SEED = Number(process.env["DAEMON_SEED"] ?? 1);
const TWO = LONG === undefined ? [1, 2] : [SEED];

const RUNS = [
  ...TWO.map((seed) => ({ seed, messages: MESSAGES / TWO.length, between: "neighbours" as const })),
  { seed: SEED, messages: MESH_MESSAGES, between: "the ends of a line of three" as const },
];

it.each(RUNS)(
  "$messages messages between $between, seed $seed: none altered, none twice, none misattributed",
  ({ seed, messages, between }) => {
    const startMs = performance.now();
    const mesh = between === "neighbours" ? {} : { topology: line(3) };
    const report = runDaemonSoak({ messages, seed, ...mesh });
    const share = ((100 * report.arrived) / report.sent).toFixed(1);
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
    console.log(`${share} % delivered in ${seconds} s: ${JSON.stringify(report)}`);
    expect(report.altered).toBe(0);
    expect(report.twice).toBe(0);
    expect(report.misattributed).toBe(0);
    expect(report.refused).toBe(0);
    // Nine in ten of the messages are one datagram each, of which each link loses one in twenty.
    expect(report.arrived).toBeGreaterThan(0.85 * report.sent);
    expect(report.arrived).toBeLessThan(report.sent);
    const [then, now] = report.heapBytes;
    if (messages > 100_000) expect(now - then).toBeLessThan(64 * 1024 * 1024);
  },
  Math.max(MESSAGES, MESH_MESSAGES) > 100_000 ? 7_200_000 : 60_000,
);
