// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Connections that have not shown a token yet. Guards that they are few and brief, whatever they do,
 * and that they take no place from clients.
 */
import type { Socket } from "node:net";
import { type Clock, createDeadline, createTokenBucket, type Deadlines } from "../core/index.js";
import { HANDSHAKES_PER_SECOND, MAX_STRANGERS, STRANGER_MS } from "./constants.js";

/** One of them. */
export interface Stranger {
  /** It is one no more: it has shown a token, or is gone. Again is no error. */
  leave(): void;
}

/** All of them. */
export interface Strangers {
  /**
   * Takes one in, for STRANGER_MS; then it is cut. Undefined: there are too many at once, or came
   * too many in a second, and it has to be cut now.
   */
  enter(socket: Socket): Stranger | undefined;
  readonly size: number;
}

/** Nobody is there. */
export function createStrangers(
  { clock, deadlines }: { readonly clock: Clock; readonly deadlines: Deadlines },
  late: (socket: Socket) => void,
): Strangers {
  const bucket = createTokenBucket(HANDSHAKES_PER_SECOND, 2 * HANDSHAKES_PER_SECOND);
  let size = 0;
  return {
    enter(socket) {
      if (size >= MAX_STRANGERS || !bucket.take(clock.monotonicMs())) return undefined;
      size += 1;
      let here = true;
      const stranger = {
        leave() {
          if (!here) return;
          here = false;
          size -= 1;
          deadlines.clear(deadline);
        },
      };
      const deadline = createDeadline(() => {
        stranger.leave();
        late(socket);
        socket.destroy();
      });
      deadlines.set(deadline, clock.monotonicMs() + STRANGER_MS);
      socket.once("close", stranger.leave);
      return stranger;
    },
    get size() {
      return size;
    },
  };
}
