// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The one heap of deadlines of a daemon. Rooms register when they want to be woken; the heap arms
 * a single timer for the earliest. Invariant: a deadline stands in the heap at most once, at the
 * place its `slot` says.
 */
import type { Clock, Timer } from "./clock.js";

/** Something to be woken. Made by createDeadline, moved by Deadlines. */
export interface Deadline {
  /** When, on the monotonic clock; meaningful only while set. */
  atMs: number;
  /** Its place in the heap; -1 when not set, -2 when about to fire. Belongs to the heap. */
  slot: number;
  /** Called once when the time has come; it may set itself again. */
  readonly fire: (nowMs: number) => void;
}

const UNSET = -1;
/** Taken from the heap because its time has come, and not fired yet. */
const DUE = -2;

/** A deadline that is not set. */
export function createDeadline(fire: (nowMs: number) => void): Deadline {
  return { atMs: 0, slot: UNSET, fire };
}

/** Sets, moves and clears deadlines. */
export interface Deadlines {
  /** Sets or moves a deadline to `atMs` on the monotonic clock. */
  set(deadline: Deadline, atMs: number): void;
  /** Clears a deadline; one that is not set stays so. */
  clear(deadline: Deadline): void;
  /** How many are set. */
  size(): number;
  /** Clears all and disarms the timer. */
  stop(): void;
}

/** A binary heap over one timer. set and clear cost O(log n). */
export function createDeadlines(clock: Clock, timer: Timer): Deadlines {
  const heap: Deadline[] = [];
  let due: Deadline[] = [];
  let armedFor = Number.POSITIVE_INFINITY;
  let running = false;

  const place = (deadline: Deadline, slot: number): void => {
    heap[slot] = deadline;
    deadline.slot = slot;
  };
  const siftUp = (deadline: Deadline, from: number): void => {
    let slot = from;
    while (slot > 0) {
      const parent = heap[(slot - 1) >> 1];
      if (parent === undefined || parent.atMs <= deadline.atMs) break;
      const above = parent.slot;
      place(parent, slot);
      slot = above;
    }
    place(deadline, slot);
  };
  const siftDown = (deadline: Deadline, from: number): void => {
    let slot = from;
    for (;;) {
      const left = heap[2 * slot + 1];
      const right = heap[2 * slot + 2];
      const child =
        right !== undefined && left !== undefined && right.atMs < left.atMs ? right : left;
      if (child === undefined || child.atMs >= deadline.atMs) break;
      const below = child.slot;
      place(child, slot);
      slot = below;
    }
    place(deadline, slot);
  };
  const remove = (deadline: Deadline): void => {
    const slot = deadline.slot;
    deadline.slot = UNSET;
    if (slot < 0) return;
    const last = heap.pop();
    if (last === undefined || last === deadline) return;
    siftDown(last, slot);
    siftUp(last, last.slot);
  };
  // A timer that is set too early stays: most deadlines are moved on before they come, and moving
  // the timer each time costs more than a run now and then that finds nothing due.
  const arm = (): void => {
    if (running) return;
    const first = heap[0];
    if (first === undefined) {
      if (armedFor !== Number.POSITIVE_INFINITY) timer.disarm();
      armedFor = Number.POSITIVE_INFINITY;
    } else if (first.atMs < armedFor) {
      armedFor = first.atMs;
      timer.arm(Math.max(0, first.atMs - clock.monotonicMs()), run);
    }
  };
  const run = (): void => {
    armedFor = Number.POSITIVE_INFINITY;
    const nowMs = clock.monotonicMs();
    // What sets itself again for now waits for the next run: a callback cannot hold the loop. What
    // another callback clears or moves meanwhile is not due any more.
    for (let first = heap[0]; first !== undefined && first.atMs <= nowMs; first = heap[0]) {
      remove(first);
      first.slot = DUE;
      due.push(first);
    }
    running = true;
    try {
      for (const deadline of due) {
        if (deadline.slot !== DUE) continue;
        deadline.slot = UNSET;
        deadline.fire(nowMs);
      }
    } finally {
      running = false;
      due = [];
      arm();
    }
  };

  return {
    set(deadline, atMs) {
      remove(deadline);
      deadline.atMs = atMs;
      heap.push(deadline);
      siftUp(deadline, heap.length - 1);
      arm();
    },
    clear(deadline) {
      remove(deadline);
      arm();
    },
    size() {
      return heap.length;
    },
    stop() {
      for (const deadline of heap) deadline.slot = UNSET;
      for (const deadline of due) if (deadline.slot === DUE) deadline.slot = UNSET;
      heap.length = 0;
      arm();
    },
  };
}
