// SPDX-License-Identifier: GPL-3.0-or-later

// Many messages between two daemons over a bad network. How many: DAEMON_MESSAGES in the
// environment, 20,000 unless set; DAEMON_SEED chooses the seed.

import { expect, it } from "vitest";
import { runDaemonSoak } from "../daemon-soak.js";

const LONG = process.env["DAEMON_MESSAGES"];
const MESSAGES = Number(LONG ?? 20_000);
const SEEDS = LONG === undefined ? [1, 2] : [Number(process.env["DAEMON_SEED"] ?? 1)];

for (const seed of SEEDS) {
  const each = MESSAGES / SEEDS.length;
  it(`${each} messages, seed ${seed}: none altered, none twice, none misattributed`, () => {
    const report = runDaemonSoak({ messages: each, seed });
    const share = ((100 * report.arrived) / report.sent).toFixed(1);
    console.log(`${share} % delivered: ${JSON.stringify(report)}`);
    expect(report.altered).toBe(0);
    expect(report.twice).toBe(0);
    expect(report.misattributed).toBe(0);
    expect(report.refused).toBe(0);
    // Nine in ten of the messages are one datagram each, of which one in twenty is lost.
    expect(report.arrived).toBeGreaterThan(0.9 * report.sent);
    expect(report.arrived).toBeLessThan(report.sent);
    const [then, now] = report.heapBytes;
    if (LONG !== undefined) expect(now - then).toBeLessThan(64 * 1024 * 1024);
  });
}
