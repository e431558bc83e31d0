// SPDX-License-Identifier: GPL-3.0-or-later

// The adapters to the machine. Timers run on vitest's fake ones where the delay matters.

import { afterEach, describe, expect, it, vi } from "vitest";
import {
  createSystemTimer,
  createSystemTurns,
  silentLogger,
  systemClock,
  systemRandom,
} from "../../../server/src/core/index.js";

afterEach(() => {
  vi.useRealTimers();
});

/** Resolves in a later turn of the event loop than any task of this one. */
const laterTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("systemClock", () => {
  it("has a monotonic side that never goes back, with fractions, and a wall side since 1970", () => {
    let last = systemClock.monotonicMs();
    let fractions = 0;
    for (let i = 0; i < 1_000; i++) {
      const now = systemClock.monotonicMs();
      expect(now).toBeGreaterThanOrEqual(last);
      if (!Number.isInteger(now)) fractions += 1;
      last = now;
    }
    expect(fractions).toBeGreaterThan(0);
    expect(systemClock.wallMs()).toBeGreaterThan(Date.UTC(2025, 0, 1));
    expect(Math.abs(systemClock.wallMs() - Date.now())).toBeLessThan(1_000);
  });
});

describe("systemRandom", () => {
  it("fills all of a buffer and nothing beside it, differently each time", () => {
    const whole = new Uint8Array(96);
    systemRandom.fill(whole.subarray(32, 64));
    expect(whole.subarray(0, 32).every((byte) => byte === 0)).toBe(true);
    expect(whole.subarray(64).every((byte) => byte === 0)).toBe(true);
    // 24 equal draws of 32 bytes, or a half that stays zero, have no business here.
    const draws = Array.from({ length: 24 }, () => {
      const bytes = new Uint8Array(32);
      systemRandom.fill(bytes);
      return Buffer.from(bytes).toString("hex");
    });
    expect(new Set(draws).size).toBe(24);
    for (const at of [0, 15, 31]) {
      expect(new Set(draws.map((draw) => draw.slice(2 * at, 2 * at + 2))).size).toBeGreaterThan(8);
    }
  });

  it("draws unsigned 32-bit integers, from all of the range", () => {
    const draws = Array.from({ length: 400 }, () => systemRandom.u32());
    for (const draw of draws) expect(draw === draw >>> 0).toBe(true);
    for (let bit = 0; bit < 32; bit++) {
      const set = draws.filter((draw) => ((draw >>> bit) & 1) === 1).length;
      expect(set, `bit ${bit}`).toBeGreaterThan(100);
      expect(set, `bit ${bit}`).toBeLessThan(300);
    }
  });
});

describe("createSystemTimer", () => {
  it("fires once, not before its time; arming again moves it; disarming forgets it", () => {
    vi.useFakeTimers();
    const timer = createSystemTimer();
    const fired: string[] = [];
    timer.arm(100, () => fired.push("first"));
    timer.arm(50.2, () => fired.push("second"));
    vi.advanceTimersByTime(50);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual(["second"]);
    vi.advanceTimersByTime(1_000);
    expect(fired).toEqual(["second"]);
    timer.arm(10, () => fired.push("third"));
    timer.disarm();
    timer.disarm();
    vi.advanceTimersByTime(1_000);
    expect(fired).toEqual(["second"]);
    timer.arm(-5, () => fired.push("fourth"));
    vi.advanceTimersByTime(0);
    expect(fired).toEqual(["second", "fourth"]);
  });

  it("does not fire at once for a delay beyond what setTimeout takes", () => {
    vi.useFakeTimers();
    for (const delay of [2 ** 31, 2 ** 53, Number.POSITIVE_INFINITY]) {
      const timer = createSystemTimer();
      let fired = 0;
      timer.arm(delay, () => {
        fired += 1;
      });
      vi.advanceTimersByTime(1_000_000);
      expect(fired, String(delay)).toBe(0);
      timer.disarm();
    }
  });

  it("keeps the process alive while it is armed, unless it is told not to", () => {
    const timeouts = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timeouts();
    const [holding, free] = [createSystemTimer(), createSystemTimer({ unref: true })];
    free.arm(60_000, () => {});
    expect(timeouts()).toBe(before);
    holding.arm(60_000, () => {});
    expect(timeouts()).toBe(before + 1);
    holding.disarm();
    free.disarm();
    expect(timeouts()).toBe(before);
  });
});

describe("createSystemTurns", () => {
  it("runs tasks after the turn, in the order of the calls, each once", async () => {
    const turns = createSystemTurns();
    const ran: number[] = [];
    await laterTurn();
    for (const i of [1, 2, 3]) turns.atEnd(() => ran.push(i));
    expect(ran).toEqual([]);
    await laterTurn();
    expect(ran).toEqual([1, 2, 3]);
    await laterTurn();
    expect(ran).toEqual([1, 2, 3]);
  });

  it("ends a turn before anything else that is ready comes to pass", async () => {
    const turns = createSystemTurns();
    const ran: string[] = [];
    setImmediate(() => {
      turns.atEnd(() => ran.push("end"));
      ran.push("turn");
    });
    setImmediate(() => ran.push("another"));
    await laterTurn();
    expect(ran).toEqual(["turn", "end", "another"]);
  });

  it("runs what comes after a task that throws, and throws on", async () => {
    const turns = createSystemTurns();
    const ran: string[] = [];
    const thrown: unknown[] = [];
    const listeners = process.rawListeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", (error) => thrown.push(error));
    setImmediate(() => {
      turns.atEnd(() => {
        turns.atEnd(() => ran.push("asked before it threw"));
        throw new Error("a fault");
      });
    });
    await laterTurn();
    await laterTurn();
    for (const listener of listeners) {
      process.on("uncaughtException", listener as NodeJS.UncaughtExceptionListener);
    }
    turns.atEnd(() => ran.push("later"));
    await laterTurn();
    expect(thrown).toHaveLength(1);
    expect(ran).toEqual(["asked before it threw", "later"]);
  });

  it("leaves to the next turn what a task asks for", async () => {
    const turns = createSystemTurns();
    const ran: string[] = [];
    await laterTurn();
    turns.atEnd(() => {
      turns.atEnd(() => ran.push("later"));
      ran.push("now");
    });
    turns.atEnd(() => ran.push("beside"));
    await laterTurn();
    expect(ran).toEqual(["now", "beside"]);
    await laterTurn();
    expect(ran).toEqual(["now", "beside", "later"]);
  });

  it("ends a turn when it is told to, once, and nothing when there is nothing", async () => {
    const turns = createSystemTurns();
    const ran: string[] = [];
    turns.end();
    turns.atEnd(() => {
      turns.atEnd(() => ran.push("later"));
      turns.end();
      ran.push("now");
    });
    turns.end();
    expect(ran).toEqual(["now"]);
    await laterTurn();
    await laterTurn();
    expect(ran).toEqual(["now", "later"]);
  });
});

describe("silentLogger", () => {
  it("has every level, and writes nothing", () => {
    const write = vi.spyOn(process.stderr, "write");
    const { trace, debug, info, warn, error } = silentLogger;
    for (const log of [trace, debug, info, warn, error]) expect(log("x", { y: 1 })).toBeUndefined();
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
  });
});
