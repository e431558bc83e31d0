// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * How large the datagrams of one path may be (RFC 8899): starts at the size that every path
 * carries, tries the usual sizes upwards, then halves what is uncertain. Only sealed probes that
 * were acknowledged raise the size, only lost datagrams lower it (rule L3). Sizes are those of
 * UDP payloads, in bytes.
 */
import {
  MTU_AGAIN_MS,
  MTU_BLACK_HOLE,
  MTU_LADDER,
  MTU_PRECISION_BYTES,
  MTU_TRIES,
} from "./constants.js";

/** The search on one path. */
export interface MtuSearch {
  /** The largest size known to arrive. */
  bytes(): number;
  /** The size to try now; 0 for none. The answer is `arrived` or `lost` with that size. */
  probe(nowMs: number): number;
  /** A probe arrived. */
  probeArrived(bytes: number, nowMs: number): void;
  /** A probe is lost. */
  probeLost(bytes: number, nowMs: number): void;
  /** It is not known what became of the probe. */
  probeForgotten(): void;
  /** A datagram that was no probe arrived. */
  arrived(bytes: number): void;
  /** A datagram that was no probe is lost. */
  lost(bytes: number): void;
  /** No larger datagram is to be sent; never below the base size. */
  setLargest(bytes: number): void;
}

/** A search from `base` up to `largest`; `enabled` false: the base size and no probes. */
export function createMtuSearch(base: number, largest: number, enabled: boolean): MtuSearch {
  const state = {
    bytes: base,
    largest: Math.max(base, largest),
    // The least size known to be lost; beyond the largest while none is.
    tooLarge: Number.POSITIVE_INFINITY,
    probing: 0,
    tries: 0,
    againMs: 0,
    largeLost: 0,
    smallArrived: false,
  };

  const candidate = (): number => {
    const below = Math.min(state.tooLarge, state.largest + 1);
    for (const rung of MTU_LADDER) if (rung > state.bytes && rung < below) return rung;
    if (state.tooLarge > state.largest) return state.largest > state.bytes ? state.largest : 0;
    const apart = state.tooLarge - state.bytes;
    return apart > MTU_PRECISION_BYTES ? state.bytes + (apart >> 1) : 0;
  };
  const restart = (): void => {
    state.bytes = base;
    state.tooLarge = Number.POSITIVE_INFINITY;
    state.againMs = 0;
    state.tries = 0;
    state.largeLost = 0;
    state.smallArrived = false;
  };
  const blackHole = (): void => {
    if (state.largeLost >= MTU_BLACK_HOLE && state.smallArrived) restart();
  };

  return {
    bytes() {
      return Math.min(state.bytes, state.largest);
    },
    probe(nowMs) {
      if (!enabled || state.probing > 0 || nowMs < state.againMs) return 0;
      if (state.againMs > 0) {
        state.againMs = 0;
        state.tooLarge = Number.POSITIVE_INFINITY;
      }
      const bytes = candidate();
      if (bytes === 0) state.againMs = nowMs + MTU_AGAIN_MS;
      state.probing = bytes;
      return bytes;
    },
    probeArrived(bytes) {
      state.probing = 0;
      state.tries = 0;
      if (bytes > state.bytes && bytes <= state.largest) state.bytes = bytes;
      if (bytes >= state.tooLarge) state.tooLarge = Number.POSITIVE_INFINITY;
    },
    probeLost(bytes) {
      state.probing = 0;
      state.tries += 1;
      if (state.tries < MTU_TRIES) return;
      state.tries = 0;
      state.tooLarge = Math.min(state.tooLarge, bytes);
    },
    probeForgotten() {
      state.probing = 0;
    },
    arrived(bytes) {
      if (bytes <= base) {
        state.smallArrived = state.largeLost > 0;
        blackHole();
      } else {
        state.largeLost = 0;
        state.smallArrived = false;
      }
    },
    lost(bytes) {
      if (bytes <= base) return;
      state.largeLost += 1;
      blackHole();
    },
    setLargest(bytes) {
      const before = state.largest;
      state.largest = Math.max(base, Math.min(bytes, largest));
      if (state.largest > before) state.againMs = 0;
    },
  };
}
