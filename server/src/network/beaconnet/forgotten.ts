// SPDX-License-Identifier: GPL-3.0-or-later

// What is remembered of routers that are not known any more, so that a beacon of before brings none
// of them back. Invariant: bounded, and shared equally between who told of them (R4), so that
// nobody makes us forget what others have told.

import { MOST_FORGOTTEN } from "./constants.js";
import type { Distance, KnownRouter } from "./routes.js";

/** The routers that are not known any more. */
export interface Forgotten {
  /** It is not known from now on. */
  keep(router: KnownRouter): void;
  /** What is remembered of the router of this name. */
  get(name: string): Distance | undefined;
  readonly size: number;
}

interface Memory extends Distance {
  readonly holder: string;
}

/** Nobody was known. */
export function createForgotten(limit = MOST_FORGOTTEN): Forgotten {
  const memories = new Map<string, Memory>();
  // Names by holder, in the order of being forgotten.
  const shares = new Map<string, Set<string>>();
  const remove = (name: string): void => {
    const holder = memories.get(name)?.holder ?? "";
    const share = shares.get(holder);
    memories.delete(name);
    share?.delete(name);
    if (share?.size === 0) shares.delete(holder);
  };
  const makeRoom = (): void => {
    let largest: ReadonlySet<string> = new Set();
    for (const share of shares.values()) if (share.size > largest.size) largest = share;
    for (const oldest of largest) {
      remove(oldest);
      return;
    }
  };
  return {
    keep({ name, holder, leastSeq, leastCost, leastUntilMs, newest }) {
      remove(name);
      if (memories.size >= limit) makeRoom();
      memories.set(name, { holder, leastSeq, leastCost, leastUntilMs, newest });
      const share = shares.get(holder) ?? new Set();
      shares.set(holder, share.add(name));
    },
    get: (name) => memories.get(name),
    get size() {
      return memories.size;
    },
  };
}
