// SPDX-License-Identifier: GPL-3.0-or-later

// Costly tasks over turns: how many in one, in which order, and whose.

import { expect, it } from "vitest";
import { createPacer } from "../../../server/src/api/pacer.js";
import { createDeadlines } from "../../../server/src/core/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

function setUp(most: number) {
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  const pacer = createPacer({ clock, deadlines }, most);
  const done: string[] = [];
  const owners = new Map<string, object>();
  const run = (owner: string, count: number): void => {
    if (!owners.has(owner)) owners.set(owner, {});
    for (let i = 1; i <= count; i++) {
      pacer.run(owners.get(owner) ?? {}, () => done.push(`${owner}${i}`) > 0);
    }
  };
  return { clock, done, pacer, run };
}

it("costly-openings-are-spread-over-turns: so many at once, the others later", () => {
  const { clock, done, run } = setUp(3);
  run("a", 8);
  expect(done).toEqual(["a1", "a2", "a3"]);
  clock.advance(1);
  expect(done).toHaveLength(6);
  clock.advance(1);
  expect(done).toEqual(["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"]);
});

it("costly-openings-are-spread-over-turns: one who has little to do waits for one task of each", () => {
  const { clock, done, run } = setUp(2);
  run("a", 100);
  run("b", 1);
  run("c", 2);
  clock.advance(1);
  clock.advance(1);
  expect(done).toEqual(["a1", "a2", "a3", "b1", "c1", "a4"]);
});

it("costly-openings-are-spread-over-turns: what has nothing left to do takes no place", () => {
  const { clock, done, pacer, run } = setUp(2);
  run("a", 2);
  for (let i = 0; i < 100; i++) pacer.run(pacer, () => false);
  run("b", 3);
  clock.advance(1);
  expect(done).toEqual(["a1", "a2", "b1", "b2"]);
  clock.advance(1);
  expect(done).toEqual(["a1", "a2", "b1", "b2", "b3"]);
});

it("costs nobody anything who comes alone", () => {
  const { clock, done, run } = setUp(2);
  for (let i = 0; i < 5; i++) {
    run("a", 2);
    expect(done).toHaveLength(2 * (i + 1));
    clock.advance(1);
  }
});
