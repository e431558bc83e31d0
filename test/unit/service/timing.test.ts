// SPDX-License-Identifier: GPL-3.0-or-later

// Waiting by virtual time, and that nothing of a wait is left once it has ended.

import { describe, expect, it } from "vitest";
import { createDeadlines } from "../../../server/src/core/index.js";
import { pause, within } from "../../../server/src/service/timing.js";
import { createVirtualClock } from "../../support/virtual-clock.js";

function createScene() {
  const clock = createVirtualClock();
  const deadlines = createDeadlines(clock, clock.timer);
  const controller = new AbortController();
  const { signal } = controller;
  let listening = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  Object.assign(signal, {
    addEventListener(...all: Parameters<typeof add>) {
      listening += 1;
      add(...all);
    },
    removeEventListener(...all: Parameters<typeof remove>) {
      listening -= 1;
      remove(...all);
    },
  });
  return {
    machine: { clock, deadlines },
    clock,
    deadlines,
    controller,
    signal,
    left: () => listening,
  };
}

/** What a promise has become once those that are settled have gone on. */
async function now<T>(promise: Promise<T>): Promise<T | "waiting"> {
  let outcome: Promise<T | "waiting"> = Promise.resolve("waiting");
  promise.then(
    () => {
      outcome = promise;
    },
    () => {
      outcome = promise;
    },
  );
  for (let i = 0; i < 20; i++) await Promise.resolve();
  return outcome;
}

const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

describe("a pause", () => {
  it("lasts as long as it should, and leaves nothing", async () => {
    const { machine, clock, deadlines, signal, left } = createScene();
    const paused = pause(machine, 100, signal);
    clock.advance(99);
    expect(await now(paused)).toBe("waiting");
    clock.advance(1);
    expect(await now(paused)).toBe(undefined);
    expect([deadlines.size(), left()]).toEqual([0, 0]);
  });

  it("ends with the signal's reason, during it or before", async () => {
    const { machine, deadlines, controller, signal } = createScene();
    const paused = pause(machine, 100, signal);
    controller.abort("gone");
    await expect(paused).rejects.toBe("gone");
    await expect(pause(machine, 100, signal)).rejects.toBe("gone");
    expect(deadlines.size()).toBe(0);
  });
});

describe("a time limit", () => {
  it("gives what came in time, or what went wrong", async () => {
    const { machine, deadlines, signal } = createScene();
    expect(await within(machine, 100, signal, async () => "here")).toBe("here");
    const fault = new Error("fault");
    const failing = within(machine, 100, signal, async () => {
      throw fault;
    });
    await expect(failing).rejects.toBe(fault);
    expect(deadlines.size()).toBe(0);
  });

  it("gives nothing when it is too late, and says so to what runs", async () => {
    const { machine, clock, deadlines, signal } = createScene();
    let inner: AbortSignal | undefined;
    const late = within(machine, 100, signal, (given) => {
      inner = given;
      return never(given);
    });
    clock.advance(99);
    expect([await now(late), inner?.aborted]).toEqual(["waiting", false]);
    clock.advance(1);
    expect([await late, inner?.aborted]).toEqual([undefined, true]);
    expect([deadlines.size(), signal.aborted]).toEqual([0, false]);
  });

  it("ends with the signal's reason, even when it is late as well", async () => {
    const { machine, clock, deadlines, controller, signal } = createScene();
    const gone = within(machine, 100, signal, never);
    controller.abort("gone");
    clock.advance(100);
    await expect(gone).rejects.toBe("gone");
    expect(deadlines.size()).toBe(0);
  });
});
