// SPDX-License-Identifier: GPL-3.0-or-later

// Notices a world that does not get on: a host that always wants to be called again at once would
// otherwise hold the test for ever. It says which host it is.

import type { Host } from "./host.js";

/** Counts what happens. */
export interface SpinGuard {
  /** One more event; throws when there are too many within a second of the world's time. */
  count(host: Host | undefined, nowMs: number): void;
  /** All of them so far. */
  readonly events: number;
}

/** At most `limit` events within a second. */
export function createSpinGuard(limit: number, seed: number): SpinGuard {
  let events = 0;
  let second = Number.NaN;
  let inSecond = 0;
  const byHost = new Map<Host | undefined, number>();
  return {
    count(host, nowMs) {
      events += 1;
      const current = Math.floor(nowMs / 1_000);
      if (current !== second) {
        second = current;
        inSecond = 0;
        byHost.clear();
      }
      inSecond += 1;
      byHost.set(host, (byHost.get(host) ?? 0) + 1);
      if (inSecond <= limit) return;
      const [busiest, share] = [...byHost].sort(([, a], [, b]) => b - a)[0] ?? [];
      const name = busiest === undefined ? "the network" : `host ${busiest.name}`;
      throw new Error(
        `${name} spins: ${share} of ${inSecond} events at ${nowMs} ms (seed ${seed})`,
      );
    },
    get events() {
      return events;
    },
  };
}
