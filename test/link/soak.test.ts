// SPDX-License-Identifier: GPL-3.0-or-later

import { expect, it } from "vitest";
import { runLinkSoak } from "../sim/link-soak.js";

const PACKETS = Number(process.env["SOAK_PACKETS"] ?? 20_000);
const SEED = Number(process.env["SOAK_SEED"] ?? 1);

it(`${PACKETS} packets of every size over a bad path: none altered, none twice, every loss explained`, () => {
  const report = runLinkSoak(PACKETS, SEED);
  if (process.env["SOAK_PACKETS"] !== undefined) console.log(JSON.stringify(report, null, 1));
  expect(report.altered).toBe(0);
  expect(report.twice).toBe(0);
  expect(report.unexplained).toBe(0);
  // Those that were never sealed are those that the counters say were dropped.
  expect(report.neverSealed).toBe(report.countedAsDropped);
  expect(report.received).toBeGreaterThan(0.7 * PACKETS);
  expect(report.received + report.lostOnTheWay).toBeLessThanOrEqual(PACKETS);
  expect(report.lostOnTheWay).toBeGreaterThan(0.05 * PACKETS);
});

it("what an overloaded link does not carry, its counters say", () => {
  const report = runLinkSoak(4_000, 2, 60_000);
  expect(report.altered + report.twice + report.unexplained).toBe(0);
  expect(report.countedAsDropped).toBeGreaterThan(300);
  // Packets without a number are in the counters only.
  expect(report.neverSealed).toBeLessThanOrEqual(report.countedAsDropped);
  expect(report.neverSealed).toBeGreaterThan(0.7 * report.countedAsDropped);
});
