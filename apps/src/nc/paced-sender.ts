// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Sends messages in order, as fast as the daemon accepts them: a bounded number of bytes is on
 * its way. Invariant: once a message is known to be refused, no further one is sent.
 */
import type { Address, Node } from "@inet256/client";
import { createDeferred, type Deferred } from "../wait.js";

/** Bytes that may be on their way to the daemon. */
const WINDOW_BYTES = 256 * 1024;

/** Sends to one address. */
export interface PacedSender {
  /** Resolves when there is room for more. Rejects with why an earlier message was refused. */
  send(payload: Uint8Array): Promise<void>;
  /** Resolves when all is accepted; rejects likewise. */
  settled(): Promise<void>;
}

/** A sender to that address. */
export function createPacedSender(node: Node, to: Address): PacedSender {
  let unaccepted = 0;
  let failure: { readonly error: unknown } | undefined;
  let waiting: { readonly below: number; readonly wake: Deferred<void> } | undefined;

  const look = (): void => {
    if (waiting === undefined || (unaccepted > waiting.below && failure === undefined)) return;
    waiting.wake.resolve();
    waiting = undefined;
  };
  const room = async (below: number): Promise<void> => {
    if (unaccepted > below && failure === undefined) {
      waiting = { below, wake: createDeferred() };
      await waiting.wake.promise;
    }
    if (failure !== undefined) throw failure.error;
  };

  return {
    async send(payload) {
      if (failure !== undefined) throw failure.error;
      const bytes = payload.length;
      unaccepted += bytes;
      node.send(to, payload).then(
        () => {
          unaccepted -= bytes;
          look();
        },
        (error: unknown) => {
          failure ??= { error };
          look();
        },
      );
      await room(WINDOW_BYTES);
    },
    settled: () => room(0),
  };
}
