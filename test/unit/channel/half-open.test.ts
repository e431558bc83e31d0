// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createHalfOpenTable, type HalfOpen } from "../../../server/src/channel/half-open.js";
import { createDeadlines } from "../../../server/src/core/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

function tableOf(limit: number) {
  const clock = createVirtualClock(0);
  const ended: string[] = [];
  const told: string[] = [];
  const table = createHalfOpenTable<HalfOpen>(createDeadlines(clock, clock.timer), limit, {
    expired: () => void told.push("expired"),
    evicted: () => void told.push("evicted"),
  });
  const add = (key: string, holder: string, proven = false): HalfOpen => {
    const end = () => void ended.push(key);
    const entry = { key, holder, proven, createdMs: clock.monotonicMs(), end };
    table.add(entry);
    return entry;
  };
  return { clock, table, add, ended, told };
}

describe("the half-open handshakes", () => {
  it("end 10 s after they began, each at its time", () => {
    const { clock, table, add, ended, told } = tableOf(10);
    add("a", "x");
    clock.advance(4_000);
    add("b", "x");
    clock.advance(5_999);
    expect(ended).toEqual([]);
    clock.advance(1);
    expect([ended, table.size(), table.get("a")]).toEqual([["a"], 1, undefined]);
    clock.advance(4_000);
    expect([ended, table.size(), told]).toEqual([["a", "b"], 0, ["expired", "expired"]]);
    add("c", "x");
    clock.advance(10_000);
    expect(ended).toEqual(["a", "b", "c"]);
  });

  it("make room where most are: of the largest holder, the oldest without a cookie", () => {
    const { table, add, ended, told } = tableOf(7);
    add("victim", "y");
    add("1", "x", true);
    for (const key of ["2", "3", "4", "5"]) add(key, "x");
    for (const key of ["6", "7", "8", "9"]) add(key, "z");
    expect(ended).toEqual(["2", "3", "4"]);
    // x has two now, one of them proven, y one and z four: z is the largest.
    add("10", "z");
    expect(ended).toEqual(["2", "3", "4", "6"]);
    expect([table.size(), told.length]).toEqual([7, 4]);
    expect(table.get("victim")).toBeDefined();
  });

  it("make room among the proven when a holder has no other", () => {
    const { add, ended } = tableOf(3);
    add("1", "x", true);
    add("2", "x", true);
    add("3", "y");
    add("4", "y");
    expect(ended).toEqual(["1"]);
  });

  it("share the table equally between holders that flood and one that does not", () => {
    const { add, ended, table } = tableOf(64);
    add("honest", "honest");
    for (let i = 0; i < 5_000; i++) add(`${i}`, `flooder ${i % 7}`, i % 3 === 0);
    expect(ended).not.toContain("honest");
    expect(table.size()).toBe(64);
  });

  it("that were completed are not ended, and all are at the close", () => {
    const { clock, table, add, ended } = tableOf(3);
    const done = add("done", "x");
    add("waits", "x");
    table.remove(done);
    expect(table.size()).toBe(1);
    table.clear();
    clock.advance(20_000);
    expect([ended, table.size()]).toEqual([["waits"], 0]);
  });
});
