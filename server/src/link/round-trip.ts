// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The round trip time of one path: smoothed as TCP does (RFC 6298), and the least of the last ten
 * seconds, which queues of our own making do not change.
 */
import { INITIAL_RTT_MS, LOST_AFTER_MS, MIN_RTT_MS, REORDER_MS } from "./constants.js";

/** Measured round trips, in milliseconds. */
export interface RoundTrip {
  /** Takes a measurement. */
  sample(rttMs: number, nowMs: number): void;
  /** Whether there was one. */
  measured(): boolean;
  /** The one measured last. */
  latestMs(): number;
  smoothedMs(): number;
  /** How far measurements are from the smoothed one, on average. */
  varianceMs(): number;
  leastMs(): number;
  /** When the least one had become too old and another took its place, perhaps too large. */
  renewedAtMs(): number;
  /** How long after it was sent a datagram is lost if a later one has been acknowledged. */
  reorderedMs(): number;
  /** How long after it was sent a datagram is lost in any case. */
  lostMs(): number;
}

/** A nanosecond: of a round trip that takes no time at all nothing could be derived. */
const SHORTEST_MS = 1e-6;

/** Nothing measured yet. */
export function createRoundTrip(): RoundTrip {
  const state = {
    measured: false,
    latestMs: INITIAL_RTT_MS,
    smoothedMs: INITIAL_RTT_MS,
    varianceMs: INITIAL_RTT_MS / 2,
    leastMs: INITIAL_RTT_MS,
    leastAtMs: 0,
    renewedAtMs: 0,
  };
  return {
    sample(measuredMs, nowMs) {
      const rttMs = Math.max(measuredMs, SHORTEST_MS);
      state.latestMs = rttMs;
      if (!state.measured) {
        state.measured = true;
        state.smoothedMs = rttMs;
        state.varianceMs = rttMs / 2;
        state.leastMs = rttMs;
        state.leastAtMs = nowMs;
        return;
      }
      state.varianceMs += (Math.abs(state.smoothedMs - rttMs) - state.varianceMs) / 4;
      state.smoothedMs += (rttMs - state.smoothedMs) / 8;
      const old = nowMs - state.leastAtMs > MIN_RTT_MS;
      if (rttMs > state.leastMs && !old) return;
      if (rttMs > state.leastMs) state.renewedAtMs = nowMs;
      state.leastMs = rttMs;
      state.leastAtMs = nowMs;
    },
    measured() {
      return state.measured;
    },
    latestMs() {
      return state.latestMs;
    },
    smoothedMs() {
      return state.smoothedMs;
    },
    varianceMs() {
      return state.varianceMs;
    },
    leastMs() {
      return state.leastMs;
    },
    renewedAtMs() {
      return state.renewedAtMs;
    },
    reorderedMs() {
      return 1.25 * Math.max(state.smoothedMs, state.latestMs) + 4 * state.varianceMs + REORDER_MS;
    },
    lostMs() {
      return Math.max(LOST_AFTER_MS, 3 * (state.smoothedMs + 4 * state.varianceMs));
    },
  };
}
