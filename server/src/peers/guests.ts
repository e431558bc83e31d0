// SPDX-License-Identifier: GPL-3.0-or-later

// Peers that nobody configured: counted from their first session, forgotten when they have been
// down for a while, so that whoever is accepted cannot leave anything behind for ever.

import { createDeadline, type Deadline, type Deadlines } from "../core/index.js";
import type { Link } from "../link/index.js";
import { FORGET_GUEST_MS } from "./constants.js";

/** The guests that are down. */
export interface Guests {
  /** A guest is down, or not up yet: forgotten unless it comes up. */
  down(link: Link, nowMs: number): void;
  /** It is up, or no guest any more. */
  up(link: Link): void;
}

/** Nobody. `forget` ends a link that was down for too long. */
export function createGuests(
  deadlines: Deadlines,
  forget: (link: Link, nowMs: number) => void,
): Guests {
  const waiting = new Map<Link, Deadline>();
  const up = (link: Link): void => {
    const deadline = waiting.get(link);
    if (deadline !== undefined) deadlines.clear(deadline);
    waiting.delete(link);
  };
  return {
    up,
    down(link, nowMs) {
      up(link);
      const deadline = createDeadline((firedMs) => {
        waiting.delete(link);
        forget(link, firedMs);
      });
      waiting.set(link, deadline);
      deadlines.set(deadline, nowMs + FORGET_GUEST_MS);
    },
  };
}
