// SPDX-License-Identifier: GPL-3.0-or-later

// The state machine as a whole: random lives. MODEL_RUNS says how many; MODEL_SEED which is first.

import { describe, expect, it } from "vitest";
import { live } from "../../support/channel-model.js";

const RUNS = Number(process.env["MODEL_RUNS"] ?? 150);
const FIRST = Number(process.env["MODEL_SEED"] ?? 1);

describe.each(["link", "session"] as const)("random lives in the %s layer", (layer) => {
  it("hold what must hold", () => {
    const wrong: string[] = [];
    const recovered: number[] = [];
    const sums = { arrived: 0, sessions: 0, restarts: 0 };
    for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
      const life = live(layer, seed);
      wrong.push(...life.wrong.map((what) => `seed ${seed}: ${what}`));
      recovered.push(life.recoveredMs);
      sums.arrived += life.arrived;
      sums.sessions += life.sessions;
      sums.restarts += life.restarts;
    }
    if (process.env["MODEL_RUNS"] !== undefined)
      console.log(sums, Math.max(...recovered), recovered.filter((ms) => ms > 2_000).length);
    expect(wrong).toEqual([]);
    // Almost always at once; later where the last restart left a message 3 behind, which is
    // repeated for its 5 s (S3), or where there were too many sessions or restarts before (S9, O4).
    expect(Math.max(...recovered)).toBeLessThan(10_000);
    expect(recovered.filter((ms) => ms > 2_000).length).toBeLessThan(RUNS / 20);
    // Or nothing was shown.
    expect(sums.arrived).toBeGreaterThan(50 * RUNS);
    expect(sums.sessions).toBeGreaterThan(10 * RUNS);
    expect(sums.restarts).toBeGreaterThan(RUNS);
  }, 3_600_000);
});
