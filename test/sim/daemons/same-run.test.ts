// SPDX-License-Identifier: GPL-3.0-or-later

// The same seed gives the same run of whole daemons, byte for byte; another one another.

import { expect, it } from "vitest";
import { createDaemonTalk } from "../daemon-talk.js";

function trace(seed: number): string {
  const link = { latencyMs: 5, jitterMs: 5, loss: 0.05, duplicate: 0.05, reorder: 0.1 };
  const { lab, away, ledger, openAll, talk } = createDaemonTalk({ seed, link, trace: true });
  talk(500);
  away.kill();
  talk(200);
  away.start("10.9.9.9:99");
  openAll(away);
  talk(500);
  away.host.jumpWall(1_000_000);
  talk(500);
  away.stop();
  lab.world.run(1_000);
  return `${lab.network.trace}${JSON.stringify(ledger.report())} ${lab.world.events}`;
}

it("the same seed gives the same run, byte for byte", () => {
  const first = trace(1);
  expect(first.split("\n").length).toBeGreaterThan(500);
  expect(trace(1) === first).toBe(true);
  expect(trace(2) === first).toBe(false);
});
