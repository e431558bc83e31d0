// SPDX-License-Identifier: GPL-3.0-or-later

// When a client hears that its datagrams were accepted: at once, or a little later for the sake of
// a reader that does not keep up; but always, and never more than was handed on.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAcceptance } from "../../../server/src/api/acceptance.js";
import { LAZY_ACCEPTANCE_BYTES } from "../../../server/src/api/constants.js";
import { createDeadlines } from "../../../server/src/core/index.js";
import { PATIENCE_MS } from "../../../server/src/service/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

function setUp(lazily = false) {
  const time = createVirtualClock();
  const deadlines = createDeadlines(time, time.timer);
  const said: number[] = [];
  const ridden: number[] = [];
  const waiting = new Set<() => void>();
  const sender = {
    slow: false,
    crowding: (): boolean => sender.slow,
    onRelief: (hear: () => void): void => void waiting.add(hear),
    forgetRelief: (hear: () => void): void => void waiting.delete(hear),
  };
  const acceptance = createAcceptance({
    clock: time,
    deadlines,
    sender,
    lazily,
    say: (through) => said.push(through),
    ride: (through) => ridden.push(through),
  });
  /** The reader keeps up again: whoever waits hears of it, once. */
  const relieve = (): void => {
    sender.slow = false;
    const heard = [...waiting];
    waiting.clear();
    for (const hear of heard) hear();
  };
  return { time, deadlines, said, ridden, waiting, sender, acceptance, relieve };
}

describe("createAcceptance", () => {
  it("says so at once while readers keep up", () => {
    const { acceptance, said, deadlines, waiting } = setUp();
    for (const number of [1, 5, 9]) acceptance.through(number, 100);
    expect(said).toEqual([1, 5, 9]);
    expect([deadlines.size(), waiting.size]).toEqual([0, 0]);
  });

  it("waits for a reader that does not, and then says the newest number, once", () => {
    const { acceptance, said, sender, relieve, deadlines, waiting, time } = setUp();
    sender.slow = true;
    for (const number of [1, 5, 9]) acceptance.through(number, 100);
    expect(said).toEqual([]);
    relieve();
    expect(said).toEqual([9]);
    expect([deadlines.size(), waiting.size]).toEqual([0, 0]);
    time.advance(10 * PATIENCE_MS);
    expect(said).toEqual([9]);
    acceptance.through(10, 100);
    expect(said).toEqual([9, 10]);
  });

  it("waits no longer than its patience, counted from the first", () => {
    const { acceptance, said, sender, time, waiting } = setUp();
    sender.slow = true;
    acceptance.through(1, 100);
    time.advance(PATIENCE_MS - 1);
    acceptance.through(2, 100);
    expect(said).toEqual([]);
    time.advance(1);
    expect(said).toEqual([2]);
    expect(waiting.size).toBe(0);
    // And anew with the next.
    acceptance.through(3, 100);
    time.advance(PATIENCE_MS);
    expect(said).toEqual([2, 3]);
  });

  it("says what is still to be said when it is settled, and nothing when there is nothing", () => {
    const { acceptance, said, sender, deadlines, waiting } = setUp();
    acceptance.settle();
    expect(said).toEqual([]);
    sender.slow = true;
    acceptance.through(7, 100);
    acceptance.settle();
    acceptance.settle();
    expect(said).toEqual([7]);
    expect([deadlines.size(), waiting.size]).toEqual([0, 0]);
  });

  it("lets a lazy one ride until much is unsaid, or the client asks", () => {
    const { acceptance, said, ridden } = setUp(true);
    acceptance.through(1, LAZY_ACCEPTANCE_BYTES - 1);
    expect([said, ridden]).toEqual([[], [1]]);
    acceptance.through(2, 1);
    expect([said, ridden]).toEqual([[2], [1]]);
    acceptance.through(3, 100);
    acceptance.through(4, 100);
    expect([said, ridden]).toEqual([[2], [1, 3, 4]]);
    acceptance.through(4, 0);
    expect([said, ridden]).toEqual([
      [2, 4],
      [1, 3, 4],
    ]);
  });

  it("lets none ride while a reader does not keep up, lazy or not", () => {
    const { acceptance, said, ridden, sender, relieve } = setUp(true);
    sender.slow = true;
    acceptance.through(1, 100);
    acceptance.through(1, 0);
    expect([said, ridden]).toEqual([[], []]);
    relieve();
    expect([said, ridden]).toEqual([[1], []]);
  });

  it("says every number in the end, in order, none before it was handed on", () => {
    const act = fc.constantFrom("through", "crowd", "relieve", "settle", "advance");
    fc.assert(
      fc.property(fc.array(act, { maxLength: 50 }), (acts) => {
        const { acceptance, said, sender, relieve, time, deadlines, waiting } = setUp();
        let number = 0;
        for (const a of acts) {
          if (a === "through") acceptance.through(++number, 100);
          else if (a === "crowd") sender.slow = true;
          else if (a === "relieve") relieve();
          else if (a === "settle") acceptance.settle();
          else time.advance(PATIENCE_MS / 3);
          expect(said.at(-1) ?? 0).toBeLessThanOrEqual(number);
        }
        time.advance(PATIENCE_MS);
        expect(said.at(-1) ?? 0).toBe(number);
        expect([...said].sort((a, b) => a - b)).toEqual(said);
        expect(new Set(said).size).toBe(said.length);
        expect([deadlines.size(), waiting.size]).toEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
