// SPDX-License-Identifier: GPL-3.0-or-later

// New connections: how many of one process at once, how fast, for how long they wait, and whose.

import { expect, it } from "vitest";
import { createArrivals } from "../../../server/src/api/arrivals.js";
import { createDeadlines } from "../../../server/src/core/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

function setUp() {
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  const arrivals = createArrivals({ clock, deadlines }, 16);
  const entered: Record<string, number> = {};
  const closed: string[] = [];
  /** How many of so many were let in or wait, rather than refused. */
  const arrive = (owner: string, count: number): number => {
    let taken = 0;
    for (let i = 0; i < count; i++) {
      const isIn = arrivals.arrive(owner, { destroy: () => closed.push(owner) as never }, () => {
        entered[owner] = (entered[owner] ?? 0) + 1;
      });
      if (isIn) taken += 1;
    }
    return taken;
  };
  return { clock, deadlines, arrivals, entered, closed, arrive };
}

it("new-connections-come-at-a-pace: 16 at once, 16 a second, and nobody else waits for them", () => {
  const { clock, arrivals, entered, arrive } = setUp();
  arrive("a", 24);
  expect([entered["a"], arrivals.size]).toEqual([16, 8]);
  expect([arrive("b", 16), entered["b"]]).toEqual([16, 16]);
  clock.advance(250);
  expect([entered["a"], arrivals.size]).toEqual([20, 4]);
  clock.advance(250);
  expect([entered["a"], arrivals.size]).toEqual([24, 0]);
  // One who has rested has as many at once again.
  clock.advance(2_000);
  arrive("a", 40);
  expect(entered["a"]).toBe(40);
});

it("new-connections-come-at-a-pace: whoever would wait for more than 5 s is refused", () => {
  const { clock, arrivals, entered, arrive } = setUp();
  expect([arrive("a", 1_000), arrivals.size]).toEqual([16 + 80, 80]);
  clock.advance(1_000);
  expect(arrive("a", 100)).toBe(16);
  clock.advance(60_000);
  expect([entered["a"], arrivals.size]).toEqual([16 + 80 + 16, 0]);
});

it("new-connections-come-at-a-pace: no more than 1,024 wait, however many processes there are", () => {
  const { clock, arrivals, arrive } = setUp();
  for (let i = 0; i < 20; i++) arrive(`process ${i}`, 200);
  expect(arrivals.size).toBe(1_024);
  expect(arrive("late", 33)).toBe(16);
  clock.advance(1_000);
  expect(arrivals.size).toBeLessThan(1_024);
  expect(arrive("late", 1)).toBe(1);
});

it("closes those that wait when it stops, and lets none of them in later", () => {
  const { clock, deadlines, arrivals, entered, closed, arrive } = setUp();
  arrive("a", 19);
  arrivals.stop();
  expect([closed, arrivals.size, deadlines.size()]).toEqual([["a", "a", "a"], 0, 0]);
  clock.advance(10_000);
  expect(entered["a"]).toBe(16);
});
