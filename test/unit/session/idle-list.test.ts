// SPDX-License-Identifier: GPL-3.0-or-later

import { expect, it } from "vitest";
import { createDeadlines } from "../../../server/src/core/index.js";
import { IDLE_MS } from "../../../server/src/session/constants.js";
import { createIdleList } from "../../../server/src/session/idle-list.js";
import { createPair, type Member, type Pair } from "../../../server/src/session/pair.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

const member = { address: new Uint8Array(32) } as Member;

/** A time of which a sum with IDLE_MS, less that time, is rounded to less than IDLE_MS. */
function roundedTime(): number {
  const random = createSeededRandom(1);
  for (let tries = 0; tries < 1_000; tries++) {
    const ms = 2 ** 22 - 1 - random.u32() / 2 ** 32;
    if (ms + IDLE_MS - ms < IDLE_MS) return ms;
  }
  throw new Error("no such time");
}

it("forgets a pair in one go, whatever its time of last use is rounded to", () => {
  const clock = createVirtualClock(roundedTime());
  const deadlines = createDeadlines(clock, clock.timer);
  const forgotten: Pair[] = [];
  const list = createIdleList(deadlines, (pair) => {
    forgotten.push(pair);
    list.remove(pair);
  });
  const pair = createPair(member, new Uint8Array(32).fill(1));
  list.touch(pair, clock.monotonicMs());
  // Nothing but its end is left to do: a second look would be the first of endless ones.
  const { timesArmed, armedForMs = 0 } = clock;
  clock.jump(armedForMs - clock.monotonicMs());
  expect(forgotten).toEqual([pair]);
  expect(clock.timesArmed).toBe(timesArmed);
  expect(deadlines.size()).toBe(0);
});
