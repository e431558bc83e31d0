// SPDX-License-Identifier: GPL-3.0-or-later

// The heap of deadlines on a virtual clock: by example, and against a map that is searched whole.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDeadline, createDeadlines, type Deadline } from "../../../server/src/core/index.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

function setUp(startMs = 1_000) {
  const time = createVirtualClock(startMs);
  const deadlines = createDeadlines(time, time.timer);
  const fired: (readonly [name: string, nowMs: number])[] = [];
  const named = (name: string, also: (nowMs: number) => void = () => {}): Deadline =>
    createDeadline((nowMs) => {
      fired.push([name, nowMs]);
      also(nowMs);
    });
  return { time, deadlines, fired, named };
}

describe("createDeadlines", () => {
  it("fires each once, at its time, the earliest first", () => {
    const { time, deadlines, fired, named } = setUp();
    deadlines.set(named("c"), 1_300);
    deadlines.set(named("a"), 1_100);
    deadlines.set(named("b"), 1_200);
    time.advance(99);
    expect(fired).toEqual([]);
    time.advance(1_000);
    expect(fired).toEqual([
      ["a", 1_100],
      ["b", 1_200],
      ["c", 1_300],
    ]);
    expect(deadlines.size()).toBe(0);
    expect(time.armedForMs).toBeUndefined();
  });

  it("keeps one timer armed, and arms it again only for what is earlier", () => {
    const { time, deadlines, named } = setUp();
    const [early, late] = [named("early"), named("late")];
    deadlines.set(late, 2_000);
    expect(time.armedForMs).toBe(2_000);
    deadlines.set(early, 1_500);
    expect(time.armedForMs).toBe(1_500);
    expect(time.timesArmed).toBe(2);
    deadlines.set(late, 3_000);
    deadlines.set(named("later"), 4_000);
    expect(time.timesArmed).toBe(2);
    // It comes too early now, finds nothing due, and is armed for what is next.
    deadlines.clear(early);
    expect(time.timesArmed).toBe(2);
    time.advance(1_000);
    expect(time.armedForMs).toBe(3_000);
    expect(time.timesArmed).toBe(3);
  });

  it("disarms the timer when nothing is set any more", () => {
    const { time, deadlines, named } = setUp();
    const only = named("only");
    deadlines.set(only, 2_000);
    deadlines.clear(only);
    expect(time.armedForMs).toBeUndefined();
  });

  it("moves a deadline that is set, to earlier and to later, and never fires it twice", () => {
    const { time, deadlines, fired, named } = setUp();
    const [a, b] = [named("a"), named("b")];
    deadlines.set(a, 1_500);
    deadlines.set(b, 1_400);
    deadlines.set(a, 1_100);
    deadlines.set(b, 1_800);
    expect(deadlines.size()).toBe(2);
    time.advance(2_000);
    expect(fired).toEqual([
      ["a", 1_100],
      ["b", 1_800],
    ]);
  });

  it("fires at once, that is with the timer, what lies in the past", () => {
    const { time, deadlines, fired, named } = setUp();
    deadlines.set(named("past"), 3);
    expect(fired).toEqual([]);
    time.advance(0);
    expect(fired).toEqual([["past", 1_000]]);
  });

  it("clears, and a deadline that is not set stays so", () => {
    const { time, deadlines, fired, named } = setUp();
    const [a, b] = [named("a"), named("b")];
    deadlines.clear(a);
    deadlines.set(a, 1_100);
    deadlines.set(b, 1_200);
    deadlines.clear(a);
    deadlines.clear(a);
    expect(deadlines.size()).toBe(1);
    deadlines.clear(b);
    expect(time.armedForMs).toBeUndefined();
    time.advance(1_000);
    expect(fired).toEqual([]);
  });

  it("stops: everything is cleared, the timer disarmed, and it can be used again", () => {
    const { time, deadlines, fired, named } = setUp();
    const [a, b] = [named("a"), named("b")];
    deadlines.set(a, 1_100);
    deadlines.set(b, 1_200);
    deadlines.stop();
    expect(deadlines.size()).toBe(0);
    expect(time.armedForMs).toBeUndefined();
    time.advance(1_000);
    expect(fired).toEqual([]);
    deadlines.set(a, 2_500);
    time.advance(1_000);
    expect(fired).toEqual([["a", 2_500]]);
  });

  it("lets one set itself again while it fires, later and for now, without holding the loop", () => {
    const { time, deadlines, fired, named } = setUp();
    let left = 3;
    const again: Deadline = named("again", (nowMs) => {
      if (left-- > 0) deadlines.set(again, nowMs + 100);
    });
    deadlines.set(again, 1_100);
    time.advance(10_000);
    expect(fired.map(([, at]) => at)).toEqual([1_100, 1_200, 1_300, 1_400]);

    fired.length = 0;
    let runs = 0;
    const hog: Deadline = named("hog", (nowMs) => {
      if (runs++ < 2) deadlines.set(hog, nowMs);
    });
    deadlines.set(hog, 11_050);
    deadlines.set(named("other"), 11_050);
    const armed = time.timesArmed;
    time.advance(100);
    // The other one does not wait until the hog has had enough.
    expect(
      fired
        .map(([name]) => name)
        .slice(0, 2)
        .sort(),
    ).toEqual(["hog", "other"]);
    expect(fired.map(([name]) => name).slice(2)).toEqual(["hog", "hog"]);
    expect(time.timesArmed - armed).toBe(2);
  });

  it("does not fire what one that fires has cleared, moved or stopped", () => {
    for (const way of ["clear", "move", "stop"] as const) {
      const { time, deadlines, fired, named } = setUp();
      const second = named("second");
      const first = named("first", (nowMs) => {
        if (way === "clear") deadlines.clear(second);
        else if (way === "move") deadlines.set(second, nowMs + 50);
        else deadlines.stop();
      });
      deadlines.set(first, 1_100);
      deadlines.set(second, 1_100);
      time.advance(300);
      const expected =
        way === "move"
          ? [
              ["first", 1_100],
              ["second", 1_150],
            ]
          : [["first", 1_100]];
      expect(fired, way).toEqual(expected);
    }
  });

  it("takes a timer that fires too early for what it is", () => {
    const { time, deadlines, fired, named } = setUp();
    let early: (() => void) | undefined;
    const impatient = createDeadlines(time, {
      arm: (_, fire) => {
        early = fire;
      },
      disarm: () => {},
    });
    impatient.set(named("a"), 1_100);
    early?.();
    expect(fired).toEqual([]);
    time.advance(100);
    early?.();
    expect(fired).toEqual([["a", 1_100]]);
    expect(deadlines.size()).toBe(0);
  });
});

const COUNT = 12;

/** What may be done: to the heap from outside, or by a deadline when it fires. */
type Step =
  | { readonly do: "set"; readonly id: number; readonly inMs: number }
  | { readonly do: "clear"; readonly id: number }
  | { readonly do: "stop" };

const id = fc.nat(COUNT - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("set" as const), id, inMs: fc.nat(40) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("clear" as const), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stop" as const) }) },
);
const act = fc.oneof(
  { weight: 4, arbitrary: step },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("advance" as const), ms: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("jump" as const), ms: fc.nat(60) }) },
);

/** The twin: times by id, and every due one is looked for anew. */
function createTwin(startMs: number, onFire: readonly (Step | undefined)[]) {
  let nowMs = startMs;
  const times = new Map<number, number>();
  const due = new Set<number>();
  const fired: string[] = [];
  const apply = (s: Step): void => {
    if (s.do === "stop") {
      times.clear();
      due.clear();
      return;
    }
    due.delete(s.id);
    if (s.do === "set") times.set(s.id, nowMs + s.inMs);
    else times.delete(s.id);
  };
  const fireDue = (): void => {
    for (const [name, atMs] of byTime(times)) if (atMs <= nowMs) due.add(name);
    for (const name of due) times.delete(name);
    for (const name of due) {
      due.delete(name);
      fired.push(`${name}@${nowMs}`);
      const then = onFire[name];
      if (then !== undefined) apply(then);
    }
  };
  return {
    times,
    fired,
    apply,
    advance(ms: number) {
      const untilMs = nowMs + ms;
      for (;;) {
        const [next] = byTime(times);
        if (next === undefined || next[1] > untilMs) break;
        nowMs = Math.max(nowMs, next[1]);
        fireDue();
      }
      nowMs = untilMs;
    },
    jump(ms: number) {
      nowMs += ms;
      while ([...times.values()].some((atMs) => atMs <= nowMs)) fireDue();
    },
  };
}

function byTime(times: ReadonlyMap<number, number>): (readonly [id: number, atMs: number])[] {
  return [...times].sort((a, b) => a[1] - b[1]);
}

// Which of two equals fires first is nobody's promise: every deadline gets a fraction of a
// millisecond of its own, and what one sets when it fires lies in the future.
function distinct(s: Step): Step {
  return s.do === "set" ? { ...s, inMs: s.inMs + (s.id + 1) / 64 } : s;
}

describe("against an obvious twin", () => {
  it("does the same for every sequence, with deadlines that change others when they fire", () => {
    const reaction = fc.option(step, { nil: undefined });
    const reactions = fc.array(reaction, { minLength: COUNT, maxLength: COUNT });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), reactions, (acts, then) => {
        const onFire = then.map((s) => s && distinct(s));
        const time = createVirtualClock(1_000);
        const deadlines = createDeadlines(time, time.timer);
        const twin = createTwin(1_000, onFire);
        const fired: string[] = [];
        const all: readonly Deadline[] = Array.from({ length: COUNT }, (_, i) =>
          createDeadline((nowMs) => {
            fired.push(`${i}@${nowMs}`);
            const next = onFire[i];
            if (next !== undefined) apply(next);
          }),
        );
        const apply = (s: Step): void => {
          const deadline = s.do === "stop" ? undefined : all[s.id];
          if (s.do === "stop" || deadline === undefined) deadlines.stop();
          else if (s.do === "set") deadlines.set(deadline, time.monotonicMs() + s.inMs);
          else deadlines.clear(deadline);
        };
        for (const a of acts) {
          if (a.do === "advance" || a.do === "jump") {
            time[a.do](a.ms);
            twin[a.do](a.ms);
          } else {
            apply(distinct(a));
            twin.apply(distinct(a));
          }
          expect(fired).toEqual(twin.fired);
          expect(deadlines.size()).toBe(twin.times.size);
          expect(all.map((d) => d.slot >= 0)).toEqual(all.map((_, i) => twin.times.has(i)));
          const firstMs = byTime(twin.times)[0]?.[1];
          if (firstMs === undefined) expect(time.armedForMs).toBeUndefined();
          else expect(time.armedForMs).toBeLessThanOrEqual(firstMs);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("fires thousands in the order of a sort, with every third one cleared again", () => {
    const delays = fc.array(fc.nat(1_000_000), { minLength: 2_000, maxLength: 3_000 });
    fc.assert(
      fc.property(delays, (all) => {
        const time = createVirtualClock(0);
        const deadlines = createDeadlines(time, time.timer);
        const fired: number[] = [];
        const set = all.map((delay) => {
          const deadline = createDeadline((nowMs) => fired.push(nowMs));
          deadlines.set(deadline, delay);
          return deadline;
        });
        for (const [i, deadline] of set.entries()) if (i % 3 === 0) deadlines.clear(deadline);
        time.advance(2_000_000);
        expect(fired).toEqual(all.filter((_, i) => i % 3 !== 0).sort((a, b) => a - b));
      }),
      { numRuns: 10 },
    );
  });
});
