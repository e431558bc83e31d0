// SPDX-License-Identifier: GPL-3.0-or-later

// Configured peers that have just been added or lost: until they had time to come up, "nobody
// knows it" is no answer to a question.

import { type AddressMap, createAddressMap, type Random } from "../core/index.js";
import { SETTLING_MS } from "./constants.js";

/** Peers that are likely to come up soon. */
export interface ExpectedPeers {
  /** It was configured, or a configured one was lost. */
  expect(address: Uint8Array, nowMs: number): void;
  /** It is up, or is not wanted any more. */
  settle(address: Uint8Array): void;
  /** From when on a no is a no: now, or later. */
  settledAtMs(nowMs: number): number;
}

/** None expected. */
export function createExpectedPeers(random: Random): ExpectedPeers {
  const expected: AddressMap<number> = createAddressMap<number>(random);
  return {
    expect: (address, nowMs) => expected.set(address, nowMs + SETTLING_MS),
    settle: (address) => void expected.delete(address),
    settledAtMs(nowMs) {
      let latestMs = nowMs;
      for (const untilMs of expected.values()) latestMs = Math.max(latestMs, untilMs);
      return latestMs;
    },
  };
}
