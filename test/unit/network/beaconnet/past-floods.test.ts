// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createPastFloods } from "../../../../server/src/network/beaconnet/past-floods.js";

describe("questions that are over", () => {
  it("are known again until their time has come", () => {
    const past = createPastFloods();
    for (let i = 0; i < 100; i++) past.add(`${i}`, 1_000 + i);
    past.expire(1_049);
    expect(past.size).toBe(50);
    expect(past.has("49")).toBe(false);
    expect(past.has("50")).toBe(true);
    past.expire(2_000);
    expect(past.size).toBe(0);
  });

  it("are so many at most: the oldest is forgotten", () => {
    const past = createPastFloods(3);
    for (const key of ["a", "b", "a", "c", "d"]) past.add(key, 1_000);
    expect(["a", "b", "c", "d"].map((key) => past.has(key))).toEqual([true, false, true, true]);
  });
});
