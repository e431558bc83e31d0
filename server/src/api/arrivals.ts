// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Connections of the programs of this machine, at the pace of programs that have a use for them.
 * Guards that one which connects again and again, cut each time maybe, costs others no more than
 * that pace: it waits, nothing of it is read meanwhile, and how many wait is bounded.
 */
import type { Socket } from "node:net";
import { type Clock, createDeadline, type Deadline, type Deadlines } from "../core/index.js";
import { LONGEST_ARRIVAL_MS, MAX_ARRIVING } from "./constants.js";

/** Connections that come. */
export interface Arrivals {
  /**
   * Lets one in, now or when it is the turn of its owner; false: it has to be closed, for its owner
   * has too many that wait, or all owners together have. `socket` must not be reading.
   */
  arrive(owner: string, socket: Pick<Socket, "destroy">, enter: () => void): boolean;
  /** How many wait. */
  readonly size: number;
  /** Closes those that wait. */
  stop(): void;
}

/** Nobody has come. So many a second of each owner are let in, and as many at once. */
export function createArrivals(
  { clock, deadlines }: { readonly clock: Clock; readonly deadlines: Deadlines },
  perSecond: number,
): Arrivals {
  const eachMs = 1000 / perSecond;
  /** When each owner's next one would come if they came evenly; the owner seen last stands last. */
  const evenly = new Map<string, number>();
  const waiting = new Map<Deadline, Pick<Socket, "destroy">>();
  const forget = (nowMs: number): void => {
    for (const [owner, atMs] of evenly) {
      if (atMs > nowMs) break;
      evenly.delete(owner);
    }
  };
  return {
    arrive(owner, socket, enter) {
      const nowMs = clock.monotonicMs();
      forget(nowMs);
      const dueMs = Math.max(nowMs, evenly.get(owner) ?? nowMs);
      const atMs = dueMs - (perSecond - 1) * eachMs;
      const mustWait = atMs > nowMs;
      if (mustWait && (atMs > nowMs + LONGEST_ARRIVAL_MS || waiting.size >= MAX_ARRIVING)) {
        return false;
      }
      evenly.delete(owner);
      evenly.set(owner, dueMs + eachMs);
      if (!mustWait) {
        enter();
        return true;
      }
      const turn = createDeadline(() => {
        waiting.delete(turn);
        enter();
      });
      waiting.set(turn, socket);
      deadlines.set(turn, atMs);
      return true;
    },
    get size() {
      return waiting.size;
    },
    stop() {
      for (const [turn, socket] of waiting) {
        deadlines.clear(turn);
        socket.destroy();
      }
      waiting.clear();
    },
  };
}
