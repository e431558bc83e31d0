// SPDX-License-Identifier: GPL-3.0-or-later

// S11: the machine slept. The wall clock went on, the monotonic one may not have.

import { describe, expect, it } from "vitest";
import { type ChannelLab, createChannelLab, type LabHost } from "../../../support/channel-lab.js";
import { createToyCrypto } from "../../../support/toy-crypto.js";

const HOSTS = 60;

/** One host with a session with each of the others. */
function createStar(layer: "link" | "session") {
  const lab = createChannelLab({ layer, crypto: createToyCrypto() });
  const centre = lab.host("centre");
  const others = Array.from({ length: HOSTS }, (_, i) => lab.host(`host ${i}`));
  for (const other of others) centre.send(other, Uint8Array.of(1));
  lab.run(3_000);
  const begun = () => others.map((other) => centre.channelTo(other).counters.initiations);
  expect(begun().every((count) => count === 1)).toBe(true);
  lab.sent.length = 0;
  return { lab, centre, others, begun };
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0) - HOSTS;

/** Tells both clocks, the wall one so much ahead of what it was at the start. */
function tell(lab: ChannelLab, host: LabHost, aheadMs: number): void {
  const nowMs = lab.clock.monotonicMs();
  host.endpoint.clocks(nowMs, 1_700_000_000_000 + nowMs + aheadMs);
}

describe("after sleep", () => {
  it("sleep-rekeys-links-within-2s", () => {
    const { lab, centre, begun } = createStar("link");
    tell(lab, centre, 0);
    lab.run(1_000);
    expect(total(begun())).toBe(0);
    tell(lab, centre, 3_600_000);
    lab.run(1_000);
    // Spread over the 2 s, not all at once.
    expect(total(begun())).toBeGreaterThan(HOSTS / 4);
    expect(total(begun())).toBeLessThan((3 * HOSTS) / 4);
    lab.run(1_000);
    expect(total(begun())).toBe(HOSTS);
    tell(lab, centre, 3_600_000);
    lab.run(10_000);
    expect(total(begun())).toBe(HOSTS);
    // Set back is a jump too.
    tell(lab, centre, 0);
    lab.run(2_000);
    expect(total(begun())).toBe(2 * HOSTS);
  });

  it("sleep-rekeys-links-within-2s: sessions when they are used next, 200 a second", () => {
    const { lab, centre, others, begun } = createStar("session");
    tell(lab, centre, 0);
    tell(lab, centre, 60_000);
    lab.run(3_000);
    expect(total(begun())).toBe(0);
    for (const other of others) centre.send(other, Uint8Array.of(2));
    lab.run(1);
    expect(total(begun())).toBe(20);
    lab.run(99);
    for (const other of others) centre.send(other, Uint8Array.of(3));
    lab.run(1);
    expect(total(begun())).toBe(40);
    lab.run(99);
    for (const other of others) centre.send(other, Uint8Array.of(4));
    lab.run(1_000);
    expect(total(begun())).toBe(HOSTS);
    for (const other of others) {
      expect(other.arrivals.map(({ bytes }) => bytes[0])).toEqual([1, 2, 3, 4]);
    }
  });

  it("the clock was put right by less than 30 s: nothing happens", () => {
    const { lab, centre, begun } = createStar("link");
    for (const aheadMs of [0, 30_000, 1, -29_000]) {
      tell(lab, centre, aheadMs);
      lab.run(3_000);
    }
    expect(total(begun())).toBe(0);
  });
});
