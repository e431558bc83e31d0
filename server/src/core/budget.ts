// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A bound on bytes that several holders share. Invariant: the sum of what was taken and not given
 * back never exceeds the limit, here nor in any parent.
 */
export interface Budget {
  /** Takes bytes, from the parents as well; false, and nothing taken, where any limit forbids. */
  take(bytes: number): boolean;
  /** Gives back what was taken. */
  give(bytes: number): void;
  /** Bytes taken now. */
  used(): number;
}

/** A budget of `limit` bytes, inside a parent's if there is one. */
export function createBudget(limit: number, parent?: Budget): Budget {
  let used = 0;
  return {
    take(bytes) {
      if (used + bytes > limit) return false;
      if (parent !== undefined && !parent.take(bytes)) return false;
      used += bytes;
      return true;
    },
    give(bytes) {
      used -= bytes;
      parent?.give(bytes);
    },
    used() {
      return used;
    },
  };
}
