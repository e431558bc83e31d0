// SPDX-License-Identifier: GPL-3.0-or-later

// Costly tasks over turns: how many in one, in which order, and whose.

import { expect, it } from "vitest";
import { createPacer } from "../../../server/src/api/pacer.js";
import { createDeadlines } from "../../../server/src/core/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

function setUp(most: number) {
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  const { turns } = clock;
  const pacer = createPacer({ clock, deadlines, turns }, most);
  const done: string[] = [];
  const owners = new Map<string, object>();
  const run = (owner: string, count: number): void => {
    if (!owners.has(owner)) owners.set(owner, {});
    for (let i = 1; i <= count; i++) {
      pacer.run(owners.get(owner) ?? {}, () => done.push(`${owner}${i}`) > 0);
    }
  };
  /** The next turn: what was put off to the end of this one, and then to that of another. */
  const turn = (): void => {
    clock.endTurn();
    clock.endTurn();
  };
  const millisecond = (): void => {
    clock.advance(1);
    for (let i = 0; i < 10; i++) turn();
  };
  return { clock, done, pacer, run, turn, millisecond };
}

it("costly-openings-are-spread-over-turns: one in a turn, so many in a millisecond, the others later", () => {
  const { done, run, turn, millisecond } = setUp(3);
  run("a", 8);
  expect(done).toEqual(["a1"]);
  turn();
  expect(done).toEqual(["a1", "a2"]);
  for (let i = 0; i < 10; i++) turn();
  expect(done).toEqual(["a1", "a2", "a3"]);
  millisecond();
  expect(done).toHaveLength(6);
  millisecond();
  expect(done).toEqual(["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"]);
});

it("costly-openings-are-spread-over-turns: the end of the turn it ran in is not another turn", () => {
  const { clock, done, run } = setUp(3);
  run("a", 2);
  clock.endTurn();
  expect(done).toEqual(["a1"]);
  clock.endTurn();
  expect(done).toEqual(["a1", "a2"]);
});

it("costly-openings-are-spread-over-turns: one who has little to do waits for one task of each", () => {
  const { done, run, millisecond } = setUp(2);
  run("a", 100);
  run("b", 1);
  run("c", 2);
  millisecond();
  millisecond();
  millisecond();
  expect(done).toEqual(["a1", "a2", "b1", "c1", "a3", "c2", "a4"]);
});

it("costly-openings-are-spread-over-turns: what has nothing left to do takes no place", () => {
  const { done, pacer, run, millisecond } = setUp(2);
  run("a", 1);
  for (let i = 0; i < 100; i++) pacer.run(pacer, () => false);
  run("b", 3);
  millisecond();
  expect(done).toEqual(["a1", "b1", "b2"]);
  millisecond();
  expect(done).toEqual(["a1", "b1", "b2", "b3"]);
});

it("costs nobody anything who comes alone", () => {
  const { done, run, millisecond } = setUp(2);
  for (let i = 0; i < 5; i++) {
    run("a", 1);
    expect(done).toHaveLength(i + 1);
    millisecond();
  }
});
