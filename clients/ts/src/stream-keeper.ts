// SPDX-License-Identifier: Apache-2.0

/**
 * Keeps one node open at a daemon: starts its stream, starts another when that one breaks, and
 * knows when there is no coming back. Invariant: it is away, open or over; `over` is for good and
 * carries the error of every later call.
 */
import { type ConnectStream, type StreamEvents, startConnectStream } from "./connect-stream.js";
import type { Connection } from "./connection.js";
import { CLOSE_MS, REOPEN_FIRST_MS, REOPEN_MOST_MS } from "./constants.js";
import type { PrivateKey } from "./identity/index.js";
import { dropNode } from "./lookups.js";
import type { WriteMessage } from "./outbox.js";
import { NodeError, type NodeErrorReason } from "./reasons.js";
import { createAddressReader } from "./wire-batch.js";

/** What a keeper tells: what happens on the streams, and what becomes of them. */
export interface KeeperEvents
  extends Pick<StreamEvents, "arrived" | "failed" | "accepted" | "lost"> {
  /** A stream is open; datagrams can be written to it. */
  connected(write: WriteMessage): void;
  /** The stream broke, and the keeper goes on. */
  broke(error: NodeError): void;
  /** A stream is open again after one broke. */
  reopened(): void;
  /** There will be no stream any more. `asked`: because `end` or `finish` was called. */
  over(error: NodeError, asked: boolean): void;
}

/** Keeps a stream. */
export interface StreamKeeper {
  /** The first attempt: resolves when the node is open, rejects, and is over, when it is not. */
  start(signal: AbortSignal | undefined): Promise<void>;
  /** The session of the open stream; waits while there is none. */
  session(signal: AbortSignal): Promise<string>;
  /** Why it is over; undefined while it is not. */
  readonly over: NodeError | undefined;
  /**
   * Ends it when `written` has resolved and the daemon has read everything; resolves when the
   * daemon agrees, or after CLOSE_MS.
   */
  finish(written: () => Promise<void>): Promise<void>;
  /** Drops the node for everybody, which ends it here too. */
  drop(): Promise<void>;
  /** Ends it now. */
  end(error: NodeError): void;
}

/** What a keeper needs. */
export interface KeeperOptions {
  readonly connection: Connection;
  /** Whose node; its serialized form is kept, and wiped in the end. */
  readonly key: PrivateKey;
  /** What the daemon is asked to keep unread, in bytes; 0 for its default. */
  readonly daemonInboxBytes: number;
  readonly events: KeeperEvents;
}

/** After one of these a node cannot come back by being opened again. */
const FINAL: ReadonlySet<NodeErrorReason> = new Set([
  "BAD_KEY",
  "BAD_REQUEST",
  "DISPLACED",
  "KEY_IN_USE_BY_DAEMON",
  "NODE_CLOSED",
  "NODE_DROPPED",
  "UNAUTHENTICATED",
  "UNSUPPORTED_OPTION",
]);

interface Open {
  readonly stream: ConnectStream;
  readonly session: string;
}

/** A keeper that has not started. */
export function createStreamKeeper({ connection, key, ...options }: KeeperOptions): StreamKeeper {
  const { events } = options;
  const serialized = key.serialize();
  const ownAddress = key.address.bytes;
  const readAddress = createAddressReader();
  const waiters = new Set<() => void>();
  let starting: ConnectStream | undefined;
  let open: Open | undefined;
  let over: NodeError | undefined;
  let finishing: Promise<void> | undefined;
  let retryMs = REOPEN_FIRST_MS;

  const wakeAll = (): void => {
    for (const wake of waiters) wake();
    waiters.clear();
  };
  const end = (error: NodeError, asked: boolean): void => {
    if (over !== undefined) return;
    over = error;
    forget();
    serialized.fill(0);
    starting?.cancel();
    open?.stream.cancel();
    open = undefined;
    wakeAll();
    events.over(error, asked);
  };

  const forget = connection.onClose((error) => end(error, true));

  // One attempt: resolves when open, rejects when the stream ended before.
  const attempt = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const stream = startConnectStream(
        connection,
        Uint8Array.from(serialized),
        options.daemonInboxBytes,
        readAddress,
        {
          ...events,
          opened({ session, address }) {
            if (over !== undefined) return;
            if (Buffer.compare(address, ownAddress) !== 0) {
              reject(new NodeError("INTERNAL", "the daemon opened another address than the key's"));
              stream.cancel();
              return;
            }
            starting = undefined;
            open = { stream, session };
            retryMs = REOPEN_FIRST_MS;
            events.connected(stream.write);
            wakeAll();
            resolve();
          },
          ended(error) {
            const cause = error ?? new NodeError("UNAVAILABLE", "the daemon ended the stream");
            reject(cause);
            if (open?.stream === stream) broke(cause);
          },
        },
      );
      starting = stream;
    });

  const broke = (error: NodeError): void => {
    open = undefined;
    if (finishing !== undefined) {
      end(closedError(), true);
    } else if (FINAL.has(error.reason)) {
      end(error, false);
    } else {
      events.broke(error);
      void reopen();
    }
  };

  const reopen = async (): Promise<void> => {
    while (over === undefined) {
      try {
        await connection.whenReady();
        await connection.inTurn(() => (over === undefined ? attempt() : Promise.resolve()));
        if (over === undefined) events.reopened();
        return;
      } catch (cause) {
        const error = asNodeError(cause);
        if (FINAL.has(error.reason)) end(error, false);
        else await pause(retryMs * (0.75 + Math.random() / 2));
        retryMs = Math.min(2 * retryMs, REOPEN_MOST_MS);
      }
    }
  };

  const finish = async (written: () => Promise<void>): Promise<void> => {
    const timeout = setTimeout(() => end(closedError(), true), CLOSE_MS);
    await written();
    if (open === undefined) end(closedError(), true);
    else open.stream.finish();
    while (over === undefined) await new Promise<void>((resolve) => waiters.add(resolve));
    clearTimeout(timeout);
  };

  return {
    async start(signal) {
      const giveUp = (): void =>
        end(new NodeError("NODE_CLOSED", "the opening was given up"), true);
      signal?.addEventListener("abort", giveUp, { once: true });
      try {
        signal?.throwIfAborted();
        await attempt();
        if (over !== undefined) throw over;
      } catch (cause) {
        const error = asNodeError(cause);
        end(error, true);
        signal?.throwIfAborted();
        throw over ?? error;
      } finally {
        signal?.removeEventListener("abort", giveUp);
      }
    },
    async session(signal) {
      for (;;) {
        if (over !== undefined) throw over;
        if (open !== undefined) return open.session;
        await wakened(waiters, signal);
      }
    },
    get over() {
      return over;
    },
    async finish(written) {
      if (over !== undefined) return;
      finishing ??= finish(written);
      await finishing;
    },
    async drop() {
      if (over !== undefined) throw over;
      await dropNode(connection, Uint8Array.from(serialized));
      end(new NodeError("NODE_DROPPED", "the node was dropped"), true);
    },
    end: (error) => end(error, true),
  };
}

/** What every call says after the node was closed. */
export function closedError(): NodeError {
  return new NodeError("NODE_CLOSED", "the node has been closed");
}

function asNodeError(cause: unknown): NodeError {
  if (cause instanceof NodeError) return cause;
  return new NodeError("INTERNAL", "an unexpected fault of the client", { cause });
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}

// Resolves when the set is woken; rejects with the signal's reason.
function wakened(waiters: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const abort = (): void => {
      waiters.delete(wake);
      reject(signal.reason);
    };
    const wake = (): void => {
      signal.removeEventListener("abort", abort);
      resolve();
    };
    waiters.add(wake);
    signal.addEventListener("abort", abort, { once: true });
  });
}
