// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Randomness for tests that is the same every time: xorshift32 from a seed behind core's port,
 * with the draws that tests need. Not for keys that matter.
 */
import type { Random } from "../core/index.js";

/** A reproducible source of randomness. */
export interface SeededRandom extends Random {
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  /** So many bytes, in a buffer of their own. */
  bytes(count: number): Uint8Array<ArrayBuffer>;
  /** One of these; throws RangeError when there is none. */
  pick<T>(from: readonly T[]): T;
  /** True once in `times` draws on average. */
  oneIn(times: number): boolean;
}

/** The same seed gives the same draws. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  const u32 = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return Math.imul(state, 0x2545f491) >>> 0;
  };
  const below = (end: number): number => Math.floor((u32() / 0x1_0000_0000) * end);
  const fill = (buffer: Uint8Array): void => {
    for (let i = 0; i < buffer.length; i++) buffer[i] = u32() >>> 24;
  };
  return {
    u32,
    below,
    fill,
    bytes(count) {
      const buffer = new Uint8Array(count);
      fill(buffer);
      return buffer;
    },
    pick(from) {
      const chosen = from[below(from.length)];
      if (chosen === undefined) throw new RangeError("from: expected at least one, got none");
      return chosen;
    },
    oneIn: (times) => below(times) === 0,
  };
}
