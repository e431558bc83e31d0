// SPDX-License-Identifier: GPL-3.0-or-later

// Our indices (S14): random, so that strangers cannot guess one, and unique in their layer.

import type { Random } from "../core/index.js";
import type { Indexed } from "./context.js";
import type { Source } from "./source.js";

/** What stands behind each index. */
export interface IndexTable<S extends Source> {
  /** An index that nothing stands behind, never 0. */
  unused(): number;
  get(index: number): Indexed<S> | undefined;
  set(index: number, entry: Indexed<S>): void;
  release(index: number): void;
  size(): number;
}

/** An empty table. */
export function createIndexTable<S extends Source>(random: Random): IndexTable<S> {
  const entries = new Map<number, Indexed<S>>();
  return {
    unused() {
      for (;;) {
        const index = random.u32();
        if (index !== 0 && !entries.has(index)) return index;
      }
    },
    get: (index) => entries.get(index),
    set: (index, entry) => void entries.set(index, entry),
    release: (index) => void entries.delete(index),
    size() {
      return entries.size;
    },
  };
}
