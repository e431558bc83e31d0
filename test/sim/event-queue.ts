// SPDX-License-Identifier: GPL-3.0-or-later

// The events of a world in the order of their times, and of those at the same time in the order in
// which they were put in: what makes a run the same every time. Invariant: an event stands in the
// queue at most once, at the place its `slot` says.

/** Something that happens at an instant. */
export interface SimEvent {
  /** When; set by the queue. */
  atMs: number;
  /** Which of those put in, counted from 0; set by the queue. */
  order: number;
  /** Its place in the queue; -1 when it is not in it. */
  slot: number;
  readonly fire: () => void;
}

/** An event that is in no queue. */
export function createEvent(fire: () => void): SimEvent {
  return { atMs: 0, order: 0, slot: -1, fire };
}

/** A queue of events. */
export interface EventQueue<Event extends SimEvent> {
  /** Puts it in, or moves it, behind all that are at the same time. */
  push(event: Event, atMs: number): void;
  /** Takes it out; one that is not in it stays so. */
  remove(event: Event): void;
  /** The next one. */
  readonly first: Event | undefined;
  /** The order that the next one put in gets. */
  readonly nextOrder: number;
  readonly size: number;
}

/** An empty queue: a binary heap. push and remove cost O(log n). */
export function createEventQueue<Event extends SimEvent>(): EventQueue<Event> {
  const heap: Event[] = [];
  let nextOrder = 0;
  const place = (event: Event, slot: number): void => {
    heap[slot] = event;
    event.slot = slot;
  };
  const siftUp = (event: Event, from: number): void => {
    let slot = from;
    while (slot > 0) {
      const parent = heap[(slot - 1) >> 1];
      if (parent === undefined || isBefore(parent, event)) break;
      const above = parent.slot;
      place(parent, slot);
      slot = above;
    }
    place(event, slot);
  };
  const siftDown = (event: Event, from: number): void => {
    let slot = from;
    for (;;) {
      const left = heap[2 * slot + 1];
      const right = heap[2 * slot + 2];
      const child =
        left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || isBefore(event, child)) break;
      const below = child.slot;
      place(child, slot);
      slot = below;
    }
    place(event, slot);
  };
  const remove = (event: Event): void => {
    const { slot } = event;
    if (slot < 0) return;
    event.slot = -1;
    const last = heap.pop();
    if (last === undefined || last === event) return;
    siftDown(last, slot);
    siftUp(last, last.slot);
  };
  return {
    push(event, atMs) {
      remove(event);
      event.atMs = atMs;
      event.order = nextOrder;
      nextOrder += 1;
      heap.push(event);
      siftUp(event, heap.length - 1);
    },
    remove,
    get first() {
      return heap[0];
    },
    get nextOrder() {
      return nextOrder;
    },
    get size() {
      return heap.length;
    },
  };
}

function isBefore(a: SimEvent, b: SimEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
