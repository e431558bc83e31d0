// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which numbers of a run have arrived: a bit for each of the last million. Invariant: a number
 * counts as received once, whatever order and however often it comes.
 */

/** The counts of one run. */
export interface Arrivals {
  /** Notes a number, from 1; false when it does not count, since it came before or too late. */
  add(number: number): boolean;
  /** Different numbers that arrived. */
  readonly received: number;
  /** How often one came again. */
  readonly duplicates: number;
  /** How often one came after a greater one. */
  readonly reordered: number;
  /** How often one came so late that whether it is a duplicate is forgotten. */
  readonly late: number;
}

/** Numbers that are remembered; a power of two. */
const WINDOW = 1 << 20;

/** No number has arrived. */
export function createArrivals(): Arrivals {
  const seen = new Uint32Array(WINDOW / 32);
  let highest = 0;
  let received = 0;
  let duplicates = 0;
  let reordered = 0;
  let late = 0;

  const word = (number: number): number => (number % WINDOW) >>> 5;
  const bit = (number: number): number => 1 << (number & 31);
  const advance = (number: number): void => {
    if (number - highest >= WINDOW) seen.fill(0);
    else {
      for (let skipped = highest + 1; skipped < number; skipped++) {
        const at = word(skipped);
        seen[at] = (seen[at] ?? 0) & ~bit(skipped);
      }
    }
    highest = number;
  };

  return {
    add(number) {
      const at = word(number);
      if (number > highest) {
        advance(number);
      } else if (number <= highest - WINDOW) {
        late += 1;
        return false;
      } else if (((seen[at] ?? 0) & bit(number)) !== 0) {
        duplicates += 1;
        return false;
      } else {
        reordered += 1;
      }
      seen[at] = (seen[at] ?? 0) | bit(number);
      received += 1;
      return true;
    },
    get received() {
      return received;
    },
    get duplicates() {
      return duplicates;
    },
    get reordered() {
      return reordered;
    },
    get late() {
      return late;
    },
  };
}
