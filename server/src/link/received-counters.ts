// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which datagrams of one session have come: what an acknowledgement says. Keeps the highest ranges
 * only, for the sender has forgotten the rest. Invariant: ranges are apart from each other, the
 * highest first.
 */
import { MAX_ACK_RANGES } from "./constants.js";
import type { AckFields } from "./frames/ack-frame.js";

/** The counters that came in one session. */
export interface ReceivedCounters {
  /** The session's index, as in its datagrams' headers. */
  index(): number;
  /** Notes one, which the channel gives only once. */
  add(counter: number, bytes: number, eliciting: boolean, nowMs: number): void;
  /** Datagrams that want an acknowledgement and have not been in one. */
  waiting(): number;
  /** Bytes of those. */
  waitingBytes(): number;
  /** Since when, in ms; meaningless while nothing waits. */
  waitingSinceMs(): number;
  /** Fills in what is to be said; afterwards nothing waits. */
  acknowledge(into: AckFields, nowMs: number): void;
  /** Begins again for another session. */
  reset(index: number): void;
}

/** Nothing has come. */
export function createReceivedCounters(firstIndex: number): ReceivedCounters {
  const lows = new Float64Array(MAX_ACK_RANGES);
  const highs = new Float64Array(MAX_ACK_RANGES);
  const state = {
    index: firstIndex,
    ranges: 0,
    waiting: 0,
    waitingBytes: 0,
    sinceMs: 0,
    largestMs: 0,
  };

  const insert = (place: number, counter: number): void => {
    if (place >= MAX_ACK_RANGES) return;
    // With no room, the lowest range is forgotten.
    const kept = Math.min(state.ranges, MAX_ACK_RANGES - 1);
    lows.copyWithin(place + 1, place, kept);
    highs.copyWithin(place + 1, place, kept);
    lows[place] = counter;
    highs[place] = counter;
    state.ranges = kept + 1;
  };
  const joinWithNext = (place: number): void => {
    if (place + 1 >= state.ranges || (lows[place] ?? 0) - 1 !== highs[place + 1]) return;
    lows[place] = lows[place + 1] ?? 0;
    lows.copyWithin(place + 1, place + 2, state.ranges);
    highs.copyWithin(place + 1, place + 2, state.ranges);
    state.ranges -= 1;
  };
  const note = (counter: number): void => {
    let place = 0;
    // Past the ranges that lie above it and do not touch it.
    while (place < state.ranges && (lows[place] ?? 0) > counter + 1) place += 1;
    if (place === state.ranges || (highs[place] ?? 0) < counter - 1) insert(place, counter);
    else if (counter > (highs[place] ?? 0)) highs[place] = counter;
    else if (counter < (lows[place] ?? 0)) {
      lows[place] = counter;
      joinWithNext(place);
    }
  };

  return {
    index() {
      return state.index;
    },
    add(counter, bytes, eliciting, nowMs) {
      if (state.ranges > 0 && highs[0] === counter - 1) highs[0] = counter;
      else note(counter);
      if (highs[0] === counter) state.largestMs = nowMs;
      if (!eliciting) return;
      if (state.waiting === 0) state.sinceMs = nowMs;
      state.waiting += 1;
      state.waitingBytes += bytes;
    },
    waiting() {
      return state.waiting;
    },
    waitingBytes() {
      return state.waitingBytes;
    },
    waitingSinceMs() {
      return state.sinceMs;
    },
    acknowledge(into, nowMs) {
      into.index = state.index;
      into.delayMicros = Math.max(0, Math.round((nowMs - state.largestMs) * 1000));
      into.ranges = state.ranges;
      into.lows.set(lows);
      into.highs.set(highs);
      state.waiting = 0;
      state.waitingBytes = 0;
    },
    reset(index) {
      state.index = index;
      state.ranges = 0;
      state.waiting = 0;
      state.waitingBytes = 0;
    },
  };
}
