// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Watches a descriptor in Node's event loop. Guards that what `ready` throws, and what throws at the
 * end of its turn, reaches the process as any uncaught error does: thrown through koffi it would be
 * lost, and the watch with it.
 */
import type { MachineTurns } from "../core/index.js";
import type { Koffi, PollCallback, PollEvents } from "./koffi.js";

/** What is watched. */
export interface Watch {
  /** Whether `ready` is called for room to send, as well as for something to read. */
  setWritable(wanted: boolean): void;
  /** Ends it. To be called before the descriptor is closed. */
  close(): void;
}

/** What the descriptor is ready for; several may hold. */
export interface Ready {
  readonly readable: boolean;
  readonly writable: boolean;
  /** It holds an error: its error queue is to be read. */
  readonly error: boolean;
}

/** Calls `ready` once per turn for as long as it is. Keeps the process alive until closed. */
export function watch(
  koffi: Koffi,
  turns: MachineTurns,
  fd: number,
  ready: (what: Ready) => void,
): Watch {
  let wanted: PollEvents = { readable: true, writable: false };
  let closed = false;
  const onPoll: PollCallback = (status, events) => {
    if (closed) return;
    const error = status < 0;
    try {
      ready({ readable: events.readable, writable: events.writable, error });
      turns.end();
    } catch (thrown) {
      turns.atEnd(() => {
        throw thrown;
      });
    }
    if (error && !closed) handle.start(wanted, onPoll);
  };
  const handle = koffi.node.poll(fd, wanted, onPoll);
  return {
    setWritable(writable) {
      if (closed || writable === wanted.writable) return;
      wanted = { readable: true, writable };
      handle.start(wanted, onPoll);
    },
    close() {
      if (closed) return;
      closed = true;
      handle.close();
    },
  };
}
