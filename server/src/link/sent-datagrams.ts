// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What was sent in one session and is to be acknowledged: by counter, when, how large, on which
 * path. Typed arrays that are used in a circle, grown on demand. Invariant: every datagram is told
 * to the sink once: as acknowledged, as lost, or as forgotten.
 */
import { FLIGHT_DATAGRAMS, REORDER_MS } from "./constants.js";
import type { AckFields } from "./frames/ack-frame.js";

/** What a datagram was; bits of `kind`. */
export const IDLE = 1;
/** It tried out its size. */
export const PROBE = 2;
/** It went two ways: what comes of it says nothing about either. */
export const TWICE = 4;
/** HELLO was in it. */
export const GREETS = 8;

/** Is told what became of the datagrams. Numbers only: it is called for each. */
export interface SentSink {
  acknowledged(
    path: number,
    bytes: number,
    kind: number,
    sentMs: number,
    delivered: number,
    deliveredMs: number,
    nowMs: number,
  ): void;
  /** How long after it was sent at `sentMs` a datagram on this path is lost. */
  patienceMs(path: number, sentMs: number): number;
  lost(path: number, bytes: number, kind: number, sentMs: number, nowMs: number): void;
  /** It will never be known what became of it. */
  forgotten(path: number, bytes: number, kind: number): void;
}

/** The datagrams of one session. */
export interface SentDatagrams {
  /** The session's index at the receiver. */
  index(): number;
  /** Notes a datagram; counters only rise. */
  add(
    counter: number,
    path: number,
    bytes: number,
    kind: number,
    delivered: number,
    deliveredMs: number,
    nowMs: number,
  ): void;
  /** Takes an acknowledgement of this session; gives when its largest was sent, -1 if known. */
  acknowledge(ack: Readonly<AckFields>, nowMs: number): number;
  /** Tells what is lost by now. */
  findLost(nowMs: number): void;
  /** Datagrams of which nothing is known. */
  open(): number;
  /** Begins again for another session; what was open is forgotten. */
  reset(index: number): void;
}

const SMALLEST = 64;

function columns(size: number) {
  return {
    mask: size - 1,
    counter: new Float64Array(size).fill(-1),
    sentMs: new Float64Array(size),
    delivered: new Float64Array(size),
    deliveredMs: new Float64Array(size),
    bytes: new Uint32Array(size),
    path: new Uint8Array(size),
    kind: new Uint8Array(size),
  };
}

/** Nothing sent. What becomes of the datagrams is told to `sink`. */
export function createSentDatagrams(firstIndex: number, sink: SentSink): SentDatagrams {
  let rows = columns(SMALLEST);
  const state = { index: firstIndex, first: 0, next: 0, open: 0 };

  const grow = (): void => {
    const old = rows;
    rows = columns(2 * (old.mask + 1));
    for (let from = 0; from <= old.mask; from++) {
      const counter = old.counter[from] ?? -1;
      if (counter < 0) continue;
      const to = counter & rows.mask;
      rows.counter[to] = counter;
      rows.sentMs[to] = old.sentMs[from] ?? 0;
      rows.delivered[to] = old.delivered[from] ?? 0;
      rows.deliveredMs[to] = old.deliveredMs[from] ?? 0;
      rows.bytes[to] = old.bytes[from] ?? 0;
      rows.path[to] = old.path[from] ?? 0;
      rows.kind[to] = old.kind[from] ?? 0;
    }
  };
  // The row of a counter; counters above 2^31 lose their high bits in `&`, which does not matter.
  const rowOf = (counter: number): number => {
    const row = (counter % 0x1_0000_0000) & rows.mask;
    return counter >= 0 && rows.counter[row] === counter ? row : -1;
  };
  const close = (row: number): void => {
    rows.counter[row] = -1;
    state.open -= 1;
  };
  const skipClosed = (): void => {
    while (state.first < state.next && rowOf(state.first) < 0) state.first += 1;
  };
  const acknowledgeOne = (row: number, nowMs: number): void => {
    close(row);
    sink.acknowledged(
      rows.path[row] ?? 0,
      rows.bytes[row] ?? 0,
      rows.kind[row] ?? 0,
      rows.sentMs[row] ?? 0,
      rows.delivered[row] ?? 0,
      rows.deliveredMs[row] ?? 0,
      nowMs,
    );
  };
  const lose = (row: number, nowMs: number): void => {
    close(row);
    sink.lost(
      rows.path[row] ?? 0,
      rows.bytes[row] ?? 0,
      rows.kind[row] ?? 0,
      rows.sentMs[row] ?? 0,
      nowMs,
    );
  };

  const forget = (row: number): void => {
    close(row);
    sink.forgotten(rows.path[row] ?? 0, rows.bytes[row] ?? 0, rows.kind[row] ?? 0);
  };

  return {
    index() {
      return state.index;
    },
    add(counter, path, bytes, kind, delivered, deliveredMs, nowMs) {
      if (state.open === 0) state.first = counter;
      while (counter - state.first > rows.mask && rows.mask + 1 < FLIGHT_DATAGRAMS) grow();
      const row = (counter % 0x1_0000_0000) & rows.mask;
      // With every row in use, the oldest are forgotten.
      for (; state.open > 0 && state.first < counter - rows.mask; state.first++) {
        const oldest = rowOf(state.first);
        if (oldest >= 0) forget(oldest);
      }
      state.first = Math.max(state.first, counter - rows.mask);
      state.open += 1;
      rows.counter[row] = counter;
      rows.sentMs[row] = nowMs;
      rows.delivered[row] = delivered;
      rows.deliveredMs[row] = deliveredMs;
      rows.bytes[row] = bytes;
      rows.path[row] = path;
      rows.kind[row] = kind;
      state.next = counter + 1;
    },
    acknowledge(ack, nowMs) {
      const largest = rowOf(ack.highs[0] ?? -1);
      const largestMs = largest < 0 ? -1 : (rows.sentMs[largest] ?? -1);
      for (let i = 0; i < ack.ranges && state.open > 0; i++) {
        const low = Math.max(ack.lows[i] ?? 0, state.first);
        const high = Math.min(ack.highs[i] ?? 0, state.next - 1);
        if (high < state.first) break;
        for (let counter = low; counter <= high; counter++) {
          const row = rowOf(counter);
          if (row >= 0) acknowledgeOne(row, nowMs);
        }
      }
      skipClosed();
      return largestMs;
    },
    findLost(nowMs) {
      for (let counter = state.first; counter < state.next && state.open > 0; counter++) {
        const row = rowOf(counter);
        if (row < 0) continue;
        const sentMs = rows.sentMs[row] ?? 0;
        // Those after it are younger still.
        if (nowMs - sentMs < REORDER_MS) break;
        if (nowMs - sentMs >= sink.patienceMs(rows.path[row] ?? 0, sentMs)) lose(row, nowMs);
      }
      skipClosed();
    },
    open() {
      return state.open;
    },
    reset(index) {
      for (let row = 0; row <= rows.mask; row++) if ((rows.counter[row] ?? -1) >= 0) forget(row);
      state.index = index;
      state.first = 0;
      state.next = 0;
      state.open = 0;
    },
  };
}
