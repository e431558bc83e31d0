// SPDX-License-Identifier: GPL-3.0-or-later

// The one event loop of a world. A turn is everything that was waiting for one instant, and then
// the ends of the turn; what is asked for meanwhile, for the same instant or the end, is for the
// next turn. Invariant: time stands still while there are ends of turns to come.

import { createEventQueue, type SimEvent } from "./event-queue.js";
import type { Host } from "./host.js";
import type { SpinGuard } from "./spin-guard.js";

/** Events and ends of turns on a clock of its own. */
export interface EventLoop {
  readonly nowMs: number;
  /** Calls once, at once if that time is past; returns how to call it off. */
  schedule(host: Host | undefined, atMs: number, fire: () => void): () => void;
  /** Calls once, at the end of the turn. */
  atEnd(host: Host, run: () => void): void;
  /** Runs until nothing is left before that time, or the condition holds: whether it does. */
  runTo(untilMs: number, enough: () => boolean): boolean;
  /** Moves the clock on when nothing is left before that time. */
  moveTo(nowMs: number): void;
}

interface OwnedEvent extends SimEvent {
  readonly host: Host | undefined;
}

interface Task {
  readonly host: Host;
  readonly run: () => void;
}

/** A loop in which nothing waits. `pausedUntil` says how long a host stands still. */
export function createEventLoop(
  startMs: number,
  guard: SpinGuard,
  pausedUntil: (host: Host | undefined) => number,
): EventLoop {
  const queue = createEventQueue<OwnedEvent>();
  let nowMs = startMs;
  let tasks: Task[] = [];
  let running = false;

  const schedule = (host: Host | undefined, atMs: number, fire: () => void): (() => void) => {
    const event: OwnedEvent = { atMs, order: 0, slot: -1, fire, host };
    queue.push(event, Math.max(atMs, nowMs));
    return () => queue.remove(event);
  };
  const happen = (event: OwnedEvent): void => {
    if (event.host?.alive === false) return;
    const resumesMs = pausedUntil(event.host);
    if (resumesMs > nowMs) {
      queue.push(event, resumesMs);
      return;
    }
    guard.count(event.host, nowMs);
    event.fire();
  };
  const end = ({ host, run }: Task): void => {
    if (!host.alive) return;
    if (pausedUntil(host) > nowMs) {
      schedule(host, pausedUntil(host), run);
      return;
    }
    guard.count(host, nowMs);
    run();
  };
  const turn = (): void => {
    const boundary = queue.nextOrder;
    for (let event = queue.first; event !== undefined; event = queue.first) {
      if (event.atMs > nowMs || event.order >= boundary) break;
      queue.remove(event);
      happen(event);
    }
    const ends = tasks;
    tasks = [];
    for (const task of ends) end(task);
  };
  const runTo = (untilMs: number, enough: () => boolean): boolean => {
    while (!enough()) {
      if (tasks.length === 0) {
        const next = queue.first;
        if (next === undefined || next.atMs > untilMs) return false;
        nowMs = next.atMs;
      }
      turn();
    }
    return true;
  };
  return {
    get nowMs() {
      return nowMs;
    },
    schedule,
    atEnd: (host, run) => void tasks.push({ host, run }),
    runTo(untilMs, enough) {
      if (running) throw new Error("run: the world is running already");
      running = true;
      try {
        return runTo(untilMs, enough);
      } finally {
        running = false;
      }
    },
    moveTo(atMs) {
      nowMs = Math.max(nowMs, atMs);
    },
  };
}
