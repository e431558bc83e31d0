// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which parts of a row of bytes have come. Invariant: the intervals are sorted, apart from each
 * other by at least one byte, and at most as many as there is room for.
 */

/** What became of a part: it was new; it had come before; it overlaps; there are too many gaps. */
export type IntervalOutcome = "new" | "known" | "overlap" | "full";

/** The parts that have come. */
export interface Intervals {
  /** Adds the bytes from `start` to `end`, at least one. What is not new changes nothing. */
  add(start: number, end: number): IntervalOutcome;
  /** Bytes in all. */
  bytes(): number;
  /** Forgets all. */
  clear(): void;
}

/** None have come; there is room for `most` intervals apart from each other. */
export function createIntervals(most: number): Intervals {
  const starts = new Int32Array(most);
  const ends = new Int32Array(most);
  let count = 0;
  let bytes = 0;

  // The first interval that ends at `start` or later.
  const placeOf = (start: number): number => {
    if (count > 0 && (ends[count - 1] ?? 0) < start) return count;
    let place = count;
    while (place > 0 && (ends[place - 1] ?? 0) >= start) place -= 1;
    return place;
  };
  const insert = (place: number, start: number, end: number): void => {
    starts.copyWithin(place + 1, place, count);
    ends.copyWithin(place + 1, place, count);
    starts[place] = start;
    ends[place] = end;
    count += 1;
  };
  const remove = (place: number): void => {
    starts.copyWithin(place, place + 1, count);
    ends.copyWithin(place, place + 1, count);
    count -= 1;
  };

  return {
    add(start, end) {
      let place = placeOf(start);
      if (place < count && (ends[place] ?? 0) === start) {
        // Continues this one, unless it reaches into the next.
        if (place + 1 < count && (starts[place + 1] ?? 0) < end) return "overlap";
        ends[place] = end;
      } else if (place < count && (starts[place] ?? 0) < end) {
        const known = (starts[place] ?? 0) <= start && (ends[place] ?? 0) >= end;
        return known ? "known" : "overlap";
      } else if (place < count && (starts[place] ?? 0) === end) {
        starts[place] = start;
        place -= 1;
      } else {
        if (count === most) return "full";
        insert(place, start, end);
      }
      bytes += end - start;
      if (place >= 0 && place + 1 < count && ends[place] === starts[place + 1]) {
        ends[place] = ends[place + 1] ?? 0;
        remove(place + 1);
      }
      return "new";
    },
    bytes() {
      return bytes;
    },
    clear() {
      count = 0;
      bytes = 0;
    },
  };
}
