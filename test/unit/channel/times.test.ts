// SPDX-License-Identifier: GPL-3.0-or-later

// When things happen: retransmissions (S3), the pace of attempts (S13), silence (S13).

import { describe, expect, it } from "vitest";
import { createPace } from "../../../server/src/channel/pace.js";
import { createRetransmission } from "../../../server/src/channel/retransmission.js";
import { createSilence } from "../../../server/src/channel/silence.js";
import { createSeededRandom } from "../../support/seeded-random.js";

const NEVER = Number.POSITIVE_INFINITY;

describe("retransmission", () => {
  it.each([
    { layer: "link", mostMs: 500, pauses: [250, 500, 500, 500, 500, 500] },
    { layer: "session", mostMs: 1_000, pauses: [250, 500, 1_000, 1_000, 1_000] },
  ])("comes at S3's times, ± 20 %: $layer", ({ mostMs, pauses }) => {
    const random = createSeededRandom(1);
    const seen = pauses.map(() => [] as number[]);
    for (let run = 0; run < 500; run++) {
      const times = createRetransmission(random, mostMs, 7_000);
      let nowMs = 7_000;
      for (const ratios of seen) {
        ratios.push(times.dueMs() - nowMs);
        nowMs = times.dueMs();
        times.sent(nowMs);
      }
    }
    pauses.forEach((pauseMs, i) => {
      const ratios = (seen[i] ?? []).map((ms) => ms / pauseMs);
      expect(Math.min(...ratios)).toBeGreaterThanOrEqual(0.8);
      expect(Math.max(...ratios)).toBeLessThanOrEqual(1.2);
      // All of it is used.
      expect(Math.min(...ratios)).toBeLessThan(0.82);
      expect(Math.max(...ratios)).toBeGreaterThan(1.18);
    });
  });

  it("lasts 5 s, is due at once when a way comes up, and may be once only", () => {
    const random = createSeededRandom(2);
    const times = createRetransmission(random, 500, 1_000);
    expect(times.endMs).toBe(6_000);
    times.hurry(1_100);
    expect(times.dueMs()).toBe(1_100);
    times.sent(1_100);
    expect(times.dueMs()).toBeGreaterThanOrEqual(1_100 + 400);
    const due = times.dueMs();
    times.hurry(due + 1_000);
    expect(times.dueMs()).toBe(due);
    const once = createRetransmission(random, 500, 1_000, 5_000, true);
    expect(once.dueMs()).toBe(NEVER);
    expect(once.endMs).toBe(6_000);
  });
});

describe("the pace of attempts (S13)", () => {
  it("no pause for 60 s, then one per 5 s for 10 min, then one per 30 s", () => {
    const pace = createPace();
    const pauseAt = (ms: number): number => {
      pace.began(ms);
      return pace.nextMs() - ms;
    };
    expect([1_000, 6_000, 60_999].map(pauseAt)).toEqual([0, 0, 0]);
    expect(pace.once(60_999)).toBe(false);
    expect(pace.once(61_000)).toBe(true);
    expect([61_000, 66_000, 660_999].map(pauseAt)).toEqual([5_000, 5_000, 5_000]);
    expect([661_000, 700_000, 9_000_000].map(pauseAt)).toEqual([30_000, 30_000, 30_000]);
  });

  it("is hopeless 10 s after the trouble began, for whoever does not insist", () => {
    const pace = createPace();
    expect(pace.hopeless(1_000_000)).toBe(false);
    pace.began(1_000);
    pace.began(6_000);
    expect(pace.hopeless(10_999)).toBe(false);
    expect(pace.hopeless(11_000)).toBe(true);
  });

  it("begins again when a session was established, and does not wait when a way comes up", () => {
    const pace = createPace();
    pace.began(0);
    pace.began(100_000);
    expect(pace.nextMs()).toBe(105_000);
    pace.hurry();
    expect(pace.nextMs()).toBe(Number.NEGATIVE_INFINITY);
    pace.settled();
    expect(pace.hopeless(100_001)).toBe(false);
    expect(pace.once(100_001)).toBe(false);
    pace.began(200_000);
    expect(pace.nextMs()).toBe(200_000);
  });
});

describe("silence (S13)", () => {
  it("of the receiver: a keepalive is due 1 s after the first data that was not answered", () => {
    const silence = createSilence();
    expect(silence.heard(true, 1_000)).toBe(true);
    expect(silence.heard(true, 1_500)).toBe(false);
    expect(silence.keepaliveDueMs()).toBe(2_000);
    silence.sealedData(1_600);
    expect(silence.keepaliveDueMs()).toBe(NEVER);
    // A keepalive is not answered with one.
    expect(silence.heard(false, 3_000)).toBe(false);
    expect(silence.keepaliveDueMs()).toBe(NEVER);
  });

  it("of the sender: suspicion is due 3 s after the first data since something was heard", () => {
    const silence = createSilence();
    expect(silence.sealedData(1_000)).toBe(true);
    expect(silence.sealedData(3_900)).toBe(false);
    expect(silence.suspicionDueMs()).toBe(4_000);
    silence.heard(false, 3_950);
    expect(silence.suspicionDueMs()).toBe(NEVER);
    expect(silence.sealedData(5_000)).toBe(true);
    expect(silence.suspicionDueMs()).toBe(8_000);
    silence.clear();
    expect(silence.suspicionDueMs()).toBe(NEVER);
  });
});
