// SPDX-License-Identifier: GPL-3.0-or-later

// The sliding window that accepts each counter once (S10), after RFC 6479: a ring of words, one
// more than the window needs, so that sliding clears words and never shifts bits.

/** Which counters have been seen. Counters are whole numbers from 0 to 2^48 - 1. */
export interface ReplayWindow {
  /** Whether this counter is new and not too old. Changes nothing: the datagram may be forged. */
  fresh(counter: number): boolean;
  /** Marks it; only for a counter that is fresh, and only once the datagram is authentic. */
  mark(counter: number): void;
}

/** An empty window that lets a datagram be `bits` behind the newest; memory from the first mark. */
export function createReplayWindow(bits: number): ReplayWindow {
  const words = bits / 32 + 1;
  let ring: Uint32Array | undefined;
  let newest = -1;
  return {
    fresh(counter) {
      if (counter > newest) return true;
      if (ring === undefined || newest - counter >= bits) return false;
      const word = Math.floor(counter / 32);
      return ((ring[word % words] ?? 0) & (1 << (counter % 32))) === 0;
    },
    mark(counter) {
      ring ??= new Uint32Array(words);
      const word = Math.floor(counter / 32);
      if (counter > newest) {
        const before = newest < 0 ? word : Math.floor(newest / 32);
        for (let i = Math.max(before + 1, word - words + 1); i <= word; i++) ring[i % words] = 0;
        newest = counter;
      }
      ring[word % words] = (ring[word % words] ?? 0) | (1 << (counter % 32));
    },
  };
}
