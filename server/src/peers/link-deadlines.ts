// SPDX-License-Identifier: GPL-3.0-or-later

import { createDeadline, type Deadline, type Deadlines } from "../core/index.js";
import type { Link } from "../link/index.js";

/** One deadline for each link: what is to happen to it if nothing changes before. */
export interface LinkDeadlines {
  /** Replaces what was set for this link. */
  set(link: Link, atMs: number, fire: (nowMs: number) => void): void;
  /** Nothing is to happen to it. */
  clear(link: Link): void;
}

/** Nothing set. */
export function createLinkDeadlines(deadlines: Deadlines): LinkDeadlines {
  const waiting = new Map<Link, Deadline>();
  const clear = (link: Link): void => {
    const deadline = waiting.get(link);
    if (deadline !== undefined) deadlines.clear(deadline);
    waiting.delete(link);
  };
  return {
    clear,
    set(link, atMs, fire) {
      clear(link);
      const deadline = createDeadline((nowMs) => {
        waiting.delete(link);
        fire(nowMs);
      });
      waiting.set(link, deadline);
      deadlines.set(deadline, atMs);
    },
  };
}
