// SPDX-License-Identifier: GPL-3.0-or-later

// Tells nodes that what they were told to be crowded is not so any more. Invariant: never from
// inside of a call of `send`; what happens there is told at once after it.

import { createDeadline, type Deadlines } from "../core/index.js";
import type { SessionsSink } from "./sessions.js";

/** Who is to be told. */
export interface Relief {
  /** Set during a call of `send`. */
  sending: boolean;
  /** Something of the node with this address is relieved. */
  tell(source: Uint8Array, nowMs: number): void;
  /** Tells nobody any more. */
  stop(): void;
}

/** Nobody is to be told. */
export function createRelief(deadlines: Deadlines, sink: Pick<SessionsSink, "relieved">): Relief {
  const late = new Set<Uint8Array>();
  const deadline = createDeadline((nowMs) => {
    const sources = [...late];
    late.clear();
    for (const source of sources) sink.relieved(source, nowMs);
  });
  return {
    sending: false,
    tell(source, nowMs) {
      if (!this.sending) {
        sink.relieved(source, nowMs);
        return;
      }
      late.add(source);
      deadlines.set(deadline, nowMs);
    },
    stop() {
      late.clear();
      deadlines.clear(deadline);
    },
  };
}
