// SPDX-License-Identifier: GPL-3.0-or-later

// What happens without anybody's ill will: links that flap, daemons that are back at once, clocks
// that were set back, two ways that are as good as each other.

import { describe, expect, it } from "vitest";
import type { LabDaemon } from "../../../../server/src/testing/index.js";
import { createBeaconnetLab, nextHop, sent } from "./attack-lab.js";

const YEAR_MS = 365 * 86_400_000;

/** A line of three, with a node at its end. */
function createLine() {
  const lab = createBeaconnetLab();
  const [a, b, c] = ["a", "b", "c"].map((name) => lab.daemon(name)) as [
    LabDaemon,
    LabDaemon,
    LabDaemon,
  ];
  lab.link(a, b);
  lab.link(b, c);
  const carol = lab.node();
  c.open(carol);
  lab.run(2_000);
  return { lab, a, b, c, carol };
}

describe("accidents", () => {
  it("a link that goes down and up a hundred times a second costs little, and all is well after", () => {
    const { lab, a, b, c, carol } = createLine();
    const made = a.router.counters["beaconsMade"] ?? 0;
    lab.carried.length = 0;
    for (let flap = 0; flap < 500; flap++) {
      lab.unlink(a, b);
      lab.run(5);
      lab.link(a, b);
      lab.run(5);
    }
    expect((a.router.counters["beaconsMade"] ?? 0) - made).toBeLessThan(20);
    // What is behind hears of some of it.
    const told = sent(lab, "routes", b, c).reduce((sum, { entries }) => sum + entries.length, 0);
    expect(told).toBeLessThan(60);
    lab.run(6_000);
    expect(nextHop(a, c.self)).toEqual(b.self.address.bytes);
    expect(nextHop(c, a.self)).toEqual(b.self.address.bytes);
    expect(a.find(carol.address.bytes, 256)).toBeDefined();
  });

  it.each([0, 5, 19, 21])("a daemon that is back after %i ms is found again", (ms) => {
    const { lab, a, b, c, carol } = createLine();
    for (let times = 0; times < 5; times++) {
      c.restart();
      lab.run(ms);
      lab.link(b, c);
      c.open(carol);
      lab.run(500);
      expect(nextHop(a, c.self), `time ${times}`).toEqual(b.self.address.bytes);
      expect(a.find(carol.address.bytes, 256)).toBeDefined();
    }
  });

  it("so is one whose clock was set back by a year meanwhile", () => {
    const { lab, a, b, c, carol } = createLine();
    c.wallOffsetMs = -YEAR_MS;
    c.restart();
    lab.link(b, c);
    c.open(carol);
    lab.run(1_000);
    expect(nextHop(a, c.self)).toEqual(b.self.address.bytes);
    expect(a.find(carol.address.bytes, 256)).toBeDefined();
  });

  it("the same neighbour by a second link, for a while: its routers stay", () => {
    const { lab, a, b, c } = createLine();
    const nowMs = (): number => lab.clock.monotonicMs();
    a.router.neighbourUp(9_999, b.self.address.bytes, nowMs());
    lab.run(3_000);
    a.router.neighbourDown(9_999, nowMs());
    lab.run(1_000);
    expect(nextHop(a, c.self)).toEqual(b.self.address.bytes);
    expect(nextHop(a, b.self)).toEqual(b.self.address.bytes);
  });

  it("of two ways that cost the same one is taken and kept", () => {
    const lab = createBeaconnetLab();
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => lab.daemon(name)) as [
      LabDaemon,
      LabDaemon,
      LabDaemon,
      LabDaemon,
    ];
    for (const [one, other] of [
      [a, b],
      [a, c],
      [b, d],
      [c, d],
    ] as const) {
      lab.link(one, other);
    }
    lab.run(2_000);
    const taken = nextHop(a, d.self);
    expect(taken).toBeDefined();
    for (let second = 0; second < 200; second++) {
      lab.run(1_000);
      expect(nextHop(a, d.self), `${second} s`).toEqual(taken);
    }
  });
});
