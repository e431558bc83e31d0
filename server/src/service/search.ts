// SPDX-License-Identifier: GPL-3.0-or-later

// Searches as promises: the callers of an application wait, but not for ever.

import { NodeError } from "@inet256/client";
import { type Clock, createDeadline, type Deadlines } from "../core/index.js";
import type { Found } from "../network/index.js";
import type { Nodes } from "../node/index.js";

/** Milliseconds that a search takes at most; the caller's own deadline may be sooner. */
const SEARCH_MS = 10_000;

/** What searching needs. */
export interface SearchOptions {
  readonly nodes: Pick<Nodes, "find">;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/**
 * Finds an identity by the first `nbits` bits of its address. Resolves with undefined when everybody
 * said no; rejects with the signal's reason, or with UNREACHABLE after 10 s without an answer.
 */
export type Search = (
  prefix: Uint8Array,
  nbits: number,
  signal: AbortSignal | undefined,
) => Promise<Found | undefined>;

/** Searches over these nodes and their network. */
export function createSearch({ nodes, clock, deadlines }: SearchOptions): Search {
  return (prefix, nbits, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      let cancel = (): void => {};
      const finish = (): void => {
        cancel();
        deadlines.clear(timeout);
        signal?.removeEventListener("abort", aborted);
      };
      const aborted = (): void => {
        finish();
        reject(signal?.reason);
      };
      const timeout = createDeadline(() => {
        finish();
        reject(new NodeError("UNREACHABLE", `no answer within ${SEARCH_MS} ms`));
      });
      deadlines.set(timeout, clock.monotonicMs() + SEARCH_MS);
      signal?.addEventListener("abort", aborted, { once: true });
      cancel = nodes.find(prefix, nbits, (found) => {
        finish();
        resolve(found);
      });
    });
}
