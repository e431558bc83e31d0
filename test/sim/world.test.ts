// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { createDeadline } from "../../server/src/core/index.js";
import { createSeededRandom } from "../support/seeded-random.js";
import { createEvent, createEventQueue, type SimEvent } from "./event-queue.js";
import { createWorld } from "./world.js";

describe("a world", () => {
  it("moves its time from event to event, and to the end", () => {
    const world = createWorld({ seed: 1 });
    const seen: [string, number][] = [];
    const note = (what: string) => () => void seen.push([what, world.nowMs]);
    world.after(30, note("c"));
    world.after(10, note("a"));
    world.after(10, note("b"));
    world.after(30.5, note("later"));
    world.after(5, note("called off"))();
    world.run(30);
    expect(seen).toEqual([
      ["a", 1_010],
      ["b", 1_010],
      ["c", 1_030],
    ]);
    expect(world.nowMs).toBe(1_030);
    world.run(100);
    expect(seen.at(-1)).toEqual(["later", 1_030.5]);
    expect(world.nowMs).toBe(1_130);
  });

  it("wakes the deadlines of its hosts", () => {
    const world = createWorld({ seed: 1 });
    const host = world.host("a");
    const fired: number[] = [];
    const again = createDeadline((nowMs) => {
      fired.push(nowMs);
      if (fired.length < 3) host.deadlines.set(again, nowMs + 7);
    });
    const other = createDeadline(() => void fired.push(-1));
    host.deadlines.set(again, 1_010);
    host.deadlines.set(other, 1_012);
    host.deadlines.clear(other);
    world.run(1_000);
    expect(fired).toEqual([1_010, 1_017, 1_024]);
  });

  it("ends a turn after everything that happens at its instant, in the order asked for", () => {
    const world = createWorld({ seed: 1 });
    const [a, b] = [world.host("a"), world.host("b")];
    const seen: string[] = [];
    world.after(5, () => {
      seen.push("one");
      a.turns.atEnd(() => {
        seen.push("end a");
        a.turns.atEnd(() => void seen.push("next end"));
        world.after(0, () => void seen.push("next turn"));
      });
    });
    world.after(5, () => {
      seen.push("two");
      world.after(0, () => void seen.push("after the end"));
      b.turns.atEnd(() => void seen.push("end b"));
    });
    world.run(5);
    expect(seen).toEqual([
      "one",
      "two",
      "end a",
      "end b",
      "after the end",
      "next turn",
      "next end",
    ]);
    expect(world.nowMs).toBe(1_005);
  });

  it("ends the turn that was begun outside of it", () => {
    const world = createWorld({ seed: 1 });
    let ended = false;
    world.host("a").turns.atEnd(() => {
      ended = true;
    });
    world.run(0);
    expect(ended).toBe(true);
  });

  it("runs until a condition holds, no further, and says what did not come", () => {
    const world = createWorld({ seed: 42 });
    let count = 0;
    const tick = (): void => {
      count += 1;
      world.after(10, tick);
    };
    tick();
    expect(world.runUntil("three", () => count === 3)).toBe(20);
    expect(world.nowMs).toBe(1_020);
    expect(world.runUntil("three", () => count === 3)).toBe(0);
    expect(() => world.runUntil("a hundred", () => count === 100, 500)).toThrow(
      /not within 500 ms of the world's time: a hundred \(seed 42\)/,
    );
    expect(world.nowMs).toBe(1_520);
  });

  it("does not run within a run, and gets over what an event throws", () => {
    const world = createWorld({ seed: 1 });
    world.after(1, () => world.run(1));
    expect(() => world.run(10)).toThrow(/running already/);
    world.run(10);
  });

  it.each([
    ["at one instant", 0],
    ["by ever so little", 0.0001],
  ])("says which host spins, %s", (_how, delayMs) => {
    const world = createWorld({ seed: 9, eventsPerSecond: 10_000 });
    const [calm, busy] = [world.host("calm"), world.host("busy")];
    const steady = (): void => void world.afterOn(calm, 1, steady);
    const spin = (): void => void world.afterOn(busy, delayMs, spin);
    steady();
    world.run(3_000);
    spin();
    expect(() => world.run(3_000)).toThrow(/host busy spins: \d+ of 10001 events .* \(seed 9\)/);
  });

  it("notices a host that spins by the ends of its turns", () => {
    const world = createWorld({ seed: 9, eventsPerSecond: 1_000 });
    const host = world.host("busy");
    const spin = (): void => host.turns.atEnd(spin);
    spin();
    expect(() => world.run(1)).toThrow(/host busy spins/);
  });

  it("gives every purpose draws of its own, the same for the same seed", () => {
    const draws = (seed: number, ...purposes: readonly string[]): number[] => {
      const world = createWorld({ seed });
      return purposes.map((purpose) => world.random(purpose).u32());
    };
    expect(draws(1, "a", "b")).toEqual(draws(1, "a", "b"));
    expect(draws(1, "b")).toEqual(draws(1, "a", "b").slice(1));
    const many = [0, 1, 2, 3].flatMap((seed) => draws(seed, "a", "b", "c", "ab", ""));
    expect(new Set(many).size).toBe(many.length);

    const world = createWorld({ seed: 1 });
    const first = world.host("a");
    const before = first.random.u32();
    first.kill();
    const second = world.host("a");
    expect(second.random.u32()).not.toBe(before);
    expect(second.fork("x").u32()).not.toBe(second.fork("y").u32());
  });
});

describe("a host", () => {
  it("has a wall clock that can be set, and a monotonic one that cannot", () => {
    const world = createWorld({ seed: 1 });
    const [a, b] = [world.host("a"), world.host("b")];
    expect(a.clock.wallMs()).toBe(Date.UTC(2026, 0, 1) + 1_000);
    a.jumpWall(-3_600_000);
    world.run(500);
    expect(a.clock.wallMs() - b.clock.wallMs()).toBe(-3_600_000);
    expect(a.clock.monotonicMs()).toBe(1_500);
    expect(b.clock.monotonicMs()).toBe(1_500);
  });

  it("does everything late that was due while it stood still, in order", () => {
    const world = createWorld({ seed: 1 });
    const [a, b] = [world.host("a"), world.host("b")];
    const seen: string[] = [];
    const note = (what: string) => () => void seen.push(`${what} ${world.nowMs}`);
    world.afterOn(a, 10, note("a1"));
    world.afterOn(a, 20, note("a2"));
    world.afterOn(b, 15, note("b"));
    world.afterOn(a, 60, note("a3"));
    a.createTimer().arm(12, note("timer"));
    a.turns.atEnd(note("end"));
    a.pause(50);
    world.run(100);
    expect(seen).toEqual(["b 1015", "end 1050", "a1 1050", "timer 1050", "a2 1050", "a3 1060"]);
  });

  it("does nothing any more once it is killed, and its name is free", () => {
    const world = createWorld({ seed: 1 });
    const host = world.host("a");
    const seen: string[] = [];
    world.afterOn(host, 10, () => void seen.push("event"));
    host.deadlines.set(
      createDeadline(() => void seen.push("deadline")),
      1_010,
    );
    host.turns.atEnd(() => void seen.push("end"));
    expect(() => world.host("a")).toThrow(/alive already/);
    host.kill();
    host.turns.atEnd(() => void seen.push("end"));
    expect(host.alive).toBe(false);
    const next = world.host("a");
    world.afterOn(next, 10, () => void seen.push("next"));
    world.run(100);
    expect(seen).toEqual(["next"]);
  });

  it("moves a timer that is armed again, and forgets it when disarmed", () => {
    const world = createWorld({ seed: 1 });
    const timer = world.host("a").createTimer();
    const fired: number[] = [];
    const fire = (): void => void fired.push(world.nowMs);
    timer.arm(10, fire);
    timer.arm(20, fire);
    world.run(50);
    expect(fired).toEqual([1_020]);
    timer.arm(10, fire);
    timer.disarm();
    world.run(50);
    expect(fired).toHaveLength(1);
    expect(() => timer.arm(-1, fire)).toThrow(RangeError);
    expect(() => timer.arm(Number.NaN, fire)).toThrow(RangeError);
  });
});

describe("the queue of events", () => {
  it("gives the same order as a sorted list, whatever is put in, moved and taken out", () => {
    const random = createSeededRandom(3);
    const queue = createEventQueue<SimEvent>();
    let model: { event: SimEvent; atMs: number; order: number }[] = [];
    const events = Array.from({ length: 60 }, () => createEvent(() => {}));
    for (let order = 0, step = 0; step < 20_000; step++) {
      const event = random.pick(events);
      if (random.oneIn(3)) {
        queue.remove(event);
        model = model.filter((entry) => entry.event !== event);
      } else {
        const atMs = random.below(10);
        queue.push(event, atMs);
        model = [...model.filter((entry) => entry.event !== event), { event, atMs, order }];
        order += 1;
      }
      model.sort((x, y) => x.atMs - y.atMs || x.order - y.order);
      expect(queue.first === model[0]?.event && queue.size === model.length).toBe(true);
    }
    for (const { event } of model) {
      expect(queue.first === event).toBe(true);
      queue.remove(event);
    }
    expect(queue.size).toBe(0);
  });
});
