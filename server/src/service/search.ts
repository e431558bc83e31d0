// SPDX-License-Identifier: GPL-3.0-or-later

// Searches as promises: the callers of an application wait, but not for ever. Invariant: when a
// search has ended, however it did, nothing of it is left below.

import { NodeError } from "@inet256/client";
import { type Clock, createDeadline, type Deadlines } from "../core/index.js";
import type { Found } from "../network/index.js";
import type { Nodes } from "../node/index.js";

/** Milliseconds that a search takes at most; the caller's own limit may be sooner. */
const SEARCH_MS = 10_000;

/** What searching needs. */
export interface SearchOptions {
  readonly nodes: Pick<Nodes, "find">;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/** The searches of a daemon. */
export interface Searches {
  /**
   * Finds an identity by the first `nbits` bits of its address. Resolves with undefined when
   * everybody said no; rejects with the signal's reason, or with UNREACHABLE after `atMostMs`, 10 s
   * unless given, without an answer.
   */
  find(
    prefix: Uint8Array,
    nbits: number,
    signal: AbortSignal | undefined,
    atMostMs?: number,
  ): Promise<Found | undefined>;
  /** Ends those that are under way: they reject with this. */
  stop(reason: NodeError): void;
}

/** Searches over these nodes and their network. */
export function createSearches({ nodes, clock, deadlines }: SearchOptions): Searches {
  const underWay = new Set<(reason: NodeError) => void>();
  return {
    find: (prefix, nbits, signal, atMostMs = SEARCH_MS) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        let cancel = (): void => {};
        const finish = (): void => {
          cancel();
          deadlines.clear(timeout);
          signal?.removeEventListener("abort", aborted);
          underWay.delete(fail);
        };
        const fail = (reason: unknown): void => {
          finish();
          reject(reason);
        };
        const aborted = (): void => fail(signal?.reason);
        const timeout = createDeadline(() =>
          fail(new NodeError("UNREACHABLE", `no answer within ${atMostMs} ms`)),
        );
        underWay.add(fail);
        deadlines.set(timeout, clock.monotonicMs() + atMostMs);
        signal?.addEventListener("abort", aborted, { once: true });
        cancel = nodes.find(prefix, nbits, (found) => {
          finish();
          resolve(found);
        });
      }),
    stop(reason) {
      for (const fail of [...underWay]) fail(reason);
    },
  };
}
