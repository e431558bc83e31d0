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
  const ownerOf = (owner: string): object => {
    const known = owners.get(owner) ?? {};
    owners.set(owner, known);
    return known;
  };
  const run = (owner: string, count: number): void => {
    for (let i = 1; i <= count; i++) {
      pacer.run(ownerOf(owner), () => done.push(`${owner}${i}`) > 0);
    }
  };
  const busyWith = (owner: string): void => pacer.busyWith(ownerOf(owner));
  /** The next turn: what was put off to the end of this one, and then to that of another. */
  const turn = (): void => {
    clock.endTurn();
    clock.endTurn();
  };
  const millisecond = (): void => {
    clock.advance(1);
    for (let i = 0; i < 10; i++) turn();
  };
  return { clock, done, pacer, busyWith, run, turn, millisecond };
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

it("costly-openings-are-spread-over-turns: one in a millisecond beside the messages of others", () => {
  const { done, busyWith, run, turn, millisecond } = setUp(4);
  run("a", 20);
  // Its own messages are no reason, nor are those of long ago.
  for (let i = 0; i < 4; i++) {
    busyWith("a");
    turn();
  }
  expect(done).toHaveLength(4);
  millisecond();
  expect(done).toHaveLength(8);
  busyWith("b");
  for (const expected of [9, 10]) {
    millisecond();
    expect(done).toHaveLength(expected);
    busyWith("b");
  }
  millisecond();
  expect(done).toHaveLength(11);
  // One quiet millisecond is not enough: messages come and go.
  millisecond();
  expect(done).toHaveLength(15);
});

it("costly-openings-are-spread-over-turns: of several with messages none is in the way of others", () => {
  const { done, busyWith, run, millisecond } = setUp(4);
  run("a", 9);
  run("b", 3);
  const both = (): void => {
    for (const owner of ["a", "b"]) busyWith(owner);
    millisecond();
  };
  both();
  both();
  both();
  expect(done).toEqual(["a1", "a2", "b1", "a3"]);
});

it("costly-openings-are-spread-over-turns: who has messages and calls goes on while others wait", () => {
  const { done, busyWith, run, millisecond } = setUp(3);
  busyWith("a");
  run("b", 4);
  run("a", 6);
  for (let i = 0; i < 3; i++) {
    busyWith("a");
    millisecond();
  }
  expect(done.filter((each) => each.startsWith("a"))).toHaveLength(6);
  expect(done.filter((each) => each.startsWith("b")).length).toBeGreaterThan(2);
});
