// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * How many bytes may be under way on one path at once, so that queues build here, where they are
 * fair and short, and not in the kernel or a router. As BBR does, it follows the measured rate of
 * delivery and the least round trip, not single losses; the receiver's window is the last bound.
 * There is no pacing: what may be sent is sent when the turn ends.
 */
import {
  ACK_DELAY_MS,
  DEFAULT_WINDOW_BYTES,
  FLIGHT_FLOOR_BYTES,
  FLIGHT_HEADROOM,
  LEAST_HEADROOM,
  LEAST_WINDOW_BYTES,
  LESS_HEADROOM,
  LOSSY_ROUND,
  MIN_RTT_PROBE_MS,
  MORE_HEADROOM,
  RATE_ROUNDS,
  STARTUP_GROWTH,
  STARTUP_ROUNDS,
} from "./constants.js";
import type { RoundTrip } from "./round-trip.js";

/** The bytes in flight on one path. */
export interface Flight {
  /** Bytes that are under way. */
  bytes(): number;
  /** How many may be. */
  limitBytes(): number;
  /** Whether more may be sent. */
  open(): boolean;
  /** Bytes delivered since the start, and when the last of them were acknowledged. */
  delivered(): number;
  deliveredMs(): number;
  /** The best rate of the last rounds, in bytes a second; 0 when not known. */
  ratePerSecond(): number;
  sent(bytes: number, nowMs: number): void;
  /**
   * A datagram arrived: `deliveredThen` and `deliveredThenMs` are what `delivered` and
   * `deliveredMs` were when it was sent; `idle`: the sender had nothing more to send then.
   */
  acknowledged(
    bytes: number,
    deliveredThen: number,
    deliveredThenMs: number,
    idle: boolean,
    nowMs: number,
  ): void;
  lost(bytes: number): void;
  /** It is not known what became of them. */
  released(bytes: number): void;
  /** Nothing of it has come for so long that the path's rate means nothing any more. */
  collapse(): void;
  /** The peer said how much its machine holds. */
  setWindow(bytes: number): void;
}

/** Nothing under way. */
export function createFlight(rtt: RoundTrip): Flight {
  const rates = new Float64Array(RATE_ROUNDS);
  const state = {
    bytes: 0,
    delivered: 0,
    deliveredMs: 0,
    windowBytes: DEFAULT_WINDOW_BYTES,
    startBytes: FLIGHT_FLOOR_BYTES,
    starting: true,
    rate: 0,
    round: 0,
    roundEnds: 0,
    roundIdle: true,
    bestBefore: 0,
    flatRounds: 0,
    headroom: 1,
    roundBytes: 0,
    roundLost: 0,
    probeUntilMs: 0,
    renewedAtMs: 0,
  };

  const targetBytes = (nowMs: number): number => {
    // Rates are in bytes a millisecond. Acknowledgements wait, and ways differ in length from one
    // datagram to the next: neither is a queue.
    if (nowMs < state.probeUntilMs) return (state.rate * rtt.leastMs()) / 2;
    const spareMs = FLIGHT_HEADROOM * rtt.leastMs() + 2 * ACK_DELAY_MS + 2 * rtt.varianceMs();
    return state.rate * (rtt.leastMs() + state.headroom * spareMs);
  };
  const limits = { bytes: FLIGHT_FLOOR_BYTES };
  const setLimit = (nowMs: number): void => {
    const wanted = state.starting
      ? Math.max(state.startBytes, targetBytes(nowMs))
      : targetBytes(nowMs);
    limits.bytes = Math.min(Math.max(wanted, FLIGHT_FLOOR_BYTES), state.windowBytes);
  };
  const bestRate = (): number => {
    let best = 0;
    for (let i = 0; i < RATE_ROUNDS; i++) best = Math.max(best, rates[i] ?? 0);
    return best;
  };
  const judgeLoss = (): void => {
    const lossy = state.roundLost > LOSSY_ROUND * (state.roundBytes + state.roundLost);
    state.roundBytes = 0;
    state.roundLost = 0;
    if (lossy) {
      state.starting = false;
      state.headroom = Math.max(LEAST_HEADROOM, state.headroom * LESS_HEADROOM);
    } else state.headroom = Math.min(1, state.headroom + MORE_HEADROOM);
  };
  const endRound = (): void => {
    judgeLoss();
    if (state.starting && !state.roundIdle) {
      if (state.rate >= state.bestBefore * STARTUP_GROWTH) {
        state.bestBefore = state.rate;
        state.flatRounds = 0;
      } else if (++state.flatRounds >= STARTUP_ROUNDS) state.starting = false;
    }
    state.roundEnds = state.delivered;
    // A round in which the sender had too little to send does not make the path slower.
    if (state.roundIdle) return;
    state.roundIdle = true;
    state.rate = bestRate();
    state.round += 1;
    rates[state.round % RATE_ROUNDS] = 0;
  };
  const measure = (rate: number, idle: boolean): void => {
    const place = state.round % RATE_ROUNDS;
    // With nothing more to send the path could have carried more than it was given.
    if (idle && rate < state.rate) return;
    if (!idle) state.roundIdle = false;
    if (rate > (rates[place] ?? 0)) rates[place] = rate;
    if (rate > state.rate) state.rate = rate;
  };

  return {
    bytes() {
      return state.bytes;
    },
    limitBytes() {
      return limits.bytes;
    },
    open() {
      return state.bytes < limits.bytes;
    },
    delivered() {
      return state.delivered;
    },
    deliveredMs() {
      return state.deliveredMs;
    },
    ratePerSecond() {
      return state.rate * 1000;
    },
    sent(bytes, nowMs) {
      if (state.bytes === 0) state.deliveredMs = nowMs;
      state.bytes += bytes;
    },
    acknowledged(bytes, deliveredThen, deliveredThenMs, idle, nowMs) {
      state.bytes = Math.max(0, state.bytes - bytes);
      state.delivered += bytes;
      state.roundBytes += bytes;
      state.deliveredMs = nowMs;
      if (state.starting) state.startBytes = Math.min(state.startBytes + bytes, state.windowBytes);
      if (rtt.renewedAtMs() > state.renewedAtMs) {
        state.renewedAtMs = rtt.renewedAtMs();
        state.probeUntilMs = nowMs + MIN_RTT_PROBE_MS + rtt.smoothedMs();
      }
      const tookMs = Math.max(nowMs - deliveredThenMs, rtt.leastMs());
      if (tookMs > 0) measure((state.delivered - deliveredThen) / tookMs, idle);
      if (deliveredThen >= state.roundEnds) endRound();
      setLimit(nowMs);
    },
    lost(bytes) {
      state.bytes = Math.max(0, state.bytes - bytes);
      state.roundLost += bytes;
    },
    released(bytes) {
      state.bytes = Math.max(0, state.bytes - bytes);
    },
    collapse() {
      state.starting = true;
      state.startBytes = FLIGHT_FLOOR_BYTES;
      state.bestBefore = 0;
      state.flatRounds = 0;
      state.rate = 0;
      rates.fill(0);
      limits.bytes = Math.min(FLIGHT_FLOOR_BYTES, state.windowBytes);
    },
    setWindow(bytes) {
      state.windowBytes = Math.max(LEAST_WINDOW_BYTES, bytes);
      limits.bytes = Math.min(limits.bytes, state.windowBytes);
    },
  };
}
