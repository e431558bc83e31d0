// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import {
  counterRows,
  dropsOnly,
  isDrop,
  withoutZeros,
} from "../../../../apps/src/status/counters.js";

describe("counters", () => {
  it.each([
    "dropped_queue_full",
    "datagrams_lost",
    "datagrams_lost_inbox_full",
    "datagrams_refused_too_large",
    "reassembly_expired",
    "invalid_datagrams",
    "before_hello",
  ])("%s counts drops", (name) => expect(isDrop(name)).toBe(true));

  it.each([
    "packets_sent",
    "datagrams_delivered",
    "moves",
    "api_connections",
    "losses",
    "control_retransmitted",
  ])("%s does not", (name) => expect(isDrop(name)).toBe(false));

  const counters = { a_lost: 0, b_lost: 2, c_sent: 0, d_sent: 1000 };

  it("leave out drops that never happened, and nothing else", () => {
    expect(withoutZeros(counters)).toEqual({ b_lost: 2, d_sent: 1000 });
  });

  it("show the drops that happened", () => {
    expect(dropsOnly(counters)).toEqual({ b_lost: 2 });
  });

  it("end in one column", () => {
    expect(counterRows({ a: 1, b: 1000 })).toEqual([
      ["a", "    1"],
      ["b", "1,000"],
    ]);
  });
});
