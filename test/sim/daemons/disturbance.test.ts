// SPDX-License-Identifier: GPL-3.0-or-later

// Clocks that jump, machines that sleep, networks that part and change, all in traffic.

import { describe, expect, it } from "vitest";
import { createDaemonTalk } from "../daemon-talk.js";

const SOON_MS = 2_000;
const YEAR_MS = 365 * 86_400_000;
const FINE = { latencyMs: 5, jitterMs: 3 };
const NOTHING_WRONG = { refused: 0, altered: 0, twice: 0, misattributed: 0 };

describe("a wall clock that jumps", () => {
  it.each([
    ["a year forward", [YEAR_MS]],
    ["a year back", [-YEAR_MS]],
    ["a year forward and back again", [YEAR_MS, -YEAR_MS]],
    ["a year back and forward again", [-YEAR_MS, YEAR_MS]],
  ])("%s: traffic goes on, and new nodes are found", (_what, jumps) => {
    const { lab, home, away, ledger, talk, untilResumed } = createDaemonTalk({
      seed: 1,
      link: FINE,
    });
    talk(1_000);
    for (const jump of jumps) {
      away.host.jumpWall(jump);
      expect(untilResumed()).toBeLessThan(SOON_MS);
      talk(1_200);
      const [alice, bob] = [home.open(lab.key()), away.open(lab.key())];
      alice.send(bob.address, "there");
      bob.send(alice.address, "and back");
      const both = () => alice.letters.length + bob.letters.length === 2;
      lab.world.runUntil("new nodes talk", both, SOON_MS);
    }
    lab.world.run(1_000);
    const { sent, arrived, ...wrong } = ledger.report();
    expect(wrong).toEqual(NOTHING_WRONG);
    expect(arrived).toBeGreaterThan(0.95 * sent);
  });
});

describe("a machine that sleeps", () => {
  it("for 10 minutes, its clocks with it or not, talks soon after it wakes", () => {
    for (const monotonicGoesOn of [true, false]) {
      const { away, ledger, talk, untilResumed, replay, lab } = createDaemonTalk({
        seed: 2,
        link: FINE,
      });
      talk(1_000);
      if (monotonicGoesOn) {
        away.host.pause(600_000);
        talk(500);
        lab.world.run(600_000 - 500);
      } else {
        away.host.pause(500);
        talk(500);
        away.host.jumpWall(600_000);
      }
      const resumedMs = untilResumed();
      expect(resumedMs).toBeLessThan(SOON_MS);
      replay();
      talk(500);
      // What was sent while the other was known to be gone may have been refused.
      expect(ledger.report()).toMatchObject({ altered: 0, twice: 0, misattributed: 0 });
      console.log(`slept, monotonic clock ${monotonicGoesOn}: resumed in ${resumedMs} ms`);
    }
  });
});

describe("a network that", () => {
  it("is parted for 30 s heals", () => {
    for (const seed of [1, 2]) {
      const { lab, ledger, talk, untilResumed } = createDaemonTalk({ seed, link: FINE });
      talk(500);
      lab.network.between("home", "away", { cut: true });
      talk(1_000);
      lab.world.run(28_000);
      talk(1_000);
      lab.network.between("home", "away", { cut: false });
      const resumedMs = untilResumed();
      expect(resumedMs).toBeLessThan(3_000);
      expect(ledger.report()).toMatchObject({ altered: 0, twice: 0, misattributed: 0 });
      console.log(`parted for 30 s: resumed in ${resumedMs} ms`);
    }
  });

  it("gives a daemon another outside address and port loses little", () => {
    for (const seed of [1, 2]) {
      const { lab, away, ledger, talk, untilResumed } = createDaemonTalk({ seed, link: FINE });
      const { network } = lab;
      network.nat(away.at, "198.51.100.1:1001");
      expect(untilResumed()).toBeLessThan(5_000);
      talk(1_000);
      const worst: number[] = [];
      for (const outside of ["198.51.100.1:2002", "203.0.113.9:3003"]) {
        network.nat(away.at, outside);
        worst.push(untilResumed());
        talk(1_000);
      }
      expect(Math.max(...worst)).toBeLessThan(SOON_MS);
      expect(ledger.report()).toMatchObject(NOTHING_WRONG);
      console.log(`another outside address: resumed in ${worst.join(" and ")} ms`);
    }
  });
});
