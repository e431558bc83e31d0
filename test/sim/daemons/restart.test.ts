// SPDX-License-Identifier: GPL-3.0-or-later

// A daemon is killed in traffic and started again: traffic goes on soon, without anybody touching
// the other side, and no message comes twice, whatever is played again.

import { describe, expect, it } from "vitest";
import { createDaemonTalk } from "../daemon-talk.js";

const RESUMES_MS = 2_000;
const BAD = {
  latencyMs: 5,
  jitterMs: 3,
  loss: 0.01,
  duplicate: 0.1,
  reorder: 0.05,
  reorderMs: 300,
};
const NOTHING_WRONG = { altered: 0, twice: 0, misattributed: 0 };

describe.each(["home", "away"] as const)("kill -9 of %s in traffic", (name) => {
  it.each([0, 100, 1_000, 5_000])("for %i ms: resumes in 2 s, nothing twice", (downMs) => {
    const scene = createDaemonTalk({ seed: downMs + (name === "home" ? 1 : 2), link: BAD });
    const { ledger, talk, replay, openAll } = scene;
    const killed = scene[name];
    talk(1_000);
    const before = ledger.report();
    expect(before.arrived).toBeGreaterThan(0.7 * before.sent);
    killed.kill();
    talk(downMs);
    killed.start();
    openAll(killed);
    replay();
    const resumedMs = scene.untilResumed();
    expect(resumedMs).toBeLessThan(RESUMES_MS);
    replay();
    talk(1_000);
    replay();
    talk(500);
    const report = ledger.report();
    expect(report).toMatchObject(NOTHING_WRONG);
    expect(report.arrived - before.arrived).toBeGreaterThan(0.8 * 8 * 375);
    console.log(`${name} down for ${downMs} ms: resumed in ${resumedMs} ms`);
  });
});

describe("a daemon that comes back", () => {
  it("at another address is found again: it dials, and is known by its key", () => {
    const { away, ledger, openAll, talk, untilResumed } = createDaemonTalk({ seed: 3, link: BAD });
    talk(500);
    away.kill();
    talk(500);
    away.start("10.7.7.7:7777");
    openAll(away);
    expect(untilResumed()).toBeLessThan(RESUMES_MS);
    expect(ledger.report()).toMatchObject(NOTHING_WRONG);
  });

  it("after it was stopped in good order: its neighbour is told, and it is found again", () => {
    const scene = createDaemonTalk({ seed: 4, link: { latencyMs: 5 } });
    const { home, away, ledger, openAll, talk, untilResumed } = scene;
    talk(500);
    away.stop();
    talk(50);
    expect(home.isUp(away)).toBe(false);
    talk(1_000);
    away.start();
    openAll(away);
    expect(untilResumed()).toBeLessThan(RESUMES_MS);
    expect(ledger.report()).toMatchObject(NOTHING_WRONG);
  });
});
