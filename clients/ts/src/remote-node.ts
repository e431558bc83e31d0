// SPDX-License-Identifier: Apache-2.0

/**
 * A node at a daemon: keeps one stream open to it, reopens it after a break, and gives programs
 * the Node interface. Invariant: exactly one of opening, open, away and over holds; `over` is for
 * good and carries the error of every later call.
 */
import type { OpenResponse } from "@inet256/proto";
import { checkOutgoing, checkOutgoingBatch } from "./check.js";
import { type ConnectStream, startConnectStream } from "./connect-stream.js";
import type { Connection } from "./connection.js";
import { CLOSE_MS, OUTAGE_MS } from "./constants.js";
import type { ClientListener } from "./events.js";
import type { PrivateKey } from "./identity/index.js";
import { createInbox } from "./inbox.js";
import { createLookups } from "./lookups.js";
import { MTU, type Node } from "./node.js";
import { createOutbox } from "./outbox.js";
import { NodeError, type NodeErrorReason } from "./reasons.js";
import { createAddressReader } from "./wire-batch.js";

/** What a remote node needs. */
export interface RemoteNodeOptions {
  readonly connection: Connection;
  /** Used while the node lives; the caller's key object stays the caller's. */
  readonly key: PrivateKey;
  /** What the daemon is asked to keep unread, in bytes; 0 for its default. */
  readonly daemonInboxBytes: number;
  /** What is kept unread here, in bytes. */
  readonly inboxBytes: number;
  readonly listener: ClientListener;
  readonly onOver: () => void;
  readonly signal: AbortSignal | undefined;
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
const RETRY_FIRST_MS = 100;
const RETRY_MOST_MS = 5_000;

/** A node that can be ended from outside. */
export interface RemoteNode extends Node {
  /** Ends the node at once, as when its client is closed. */
  abandon(error: NodeError): void;
}

/** Opens a node; resolves when the daemon says that it is open. */
export async function openRemoteNode(options: RemoteNodeOptions): Promise<RemoteNode> {
  const { connection, listener, key } = options;
  const { publicKey, address } = key;
  const serialized = key.serialize();
  const readAddress = createAddressReader();
  let stream: ConnectStream | undefined;
  let session: string | undefined;
  let over: NodeError | undefined;
  let closing: (() => void) | undefined;
  let outage: NodeJS.Timeout | undefined;
  let retryMs = RETRY_FIRST_MS;
  const openWaiters = new Set<() => void>();

  const outbox = createOutbox((reason) => listener({ type: "refused", node: address, reason }));
  const inbox = createInbox(options.inboxBytes, (total) =>
    listener({ type: "lost", node: address, at: "client", total }),
  );
  const wakeOpenWaiters = (): void => {
    for (const wake of openWaiters) wake();
    openWaiters.clear();
  };

  const end = (error: NodeError): void => {
    if (over !== undefined) return;
    over = error;
    clearTimeout(outage);
    serialized.fill(0);
    session = undefined;
    stream = undefined;
    outbox.end(error);
    inbox.end(error);
    closing?.();
    wakeOpenWaiters();
    options.onOver();
  };

  // One attempt: resolves when open, rejects when the stream ended before.
  const attempt = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let isOpen = false;
      const started = startConnectStream(
        connection,
        Uint8Array.from(serialized),
        options.daemonInboxBytes,
        readAddress,
        {
          opened(response) {
            const wrong = disagreement(response, key);
            if (wrong !== undefined) return fail(wrong);
            isOpen = true;
            session = response.session;
            stream = started;
            retryMs = RETRY_FIRST_MS;
            clearTimeout(outage);
            outbox.connected(started.write);
            wakeOpenWaiters();
            resolve();
          },
          arrived: (batch, bytes) => inbox.push(batch, bytes),
          failed: outbox.failed,
          accepted: outbox.accepted,
          lost: (total) => listener({ type: "lost", node: address, at: "daemon", total }),
          ended(error) {
            const cause = error ?? new NodeError("UNAVAILABLE", "the daemon ended the stream");
            if (!isOpen) return reject(cause);
            streamBroke(cause);
          },
        },
      );
      const fail = (error: NodeError): void => {
        started.cancel();
        reject(error);
      };
      if (over !== undefined) fail(over);
    });

  const streamBroke = (error: NodeError): void => {
    stream = undefined;
    session = undefined;
    if (over !== undefined) return;
    if (closing !== undefined) {
      end(closedError());
      return;
    }
    outbox.disconnected();
    if (FINAL.has(error.reason)) {
      end(error);
      listener({ type: "ended", node: address, error });
      return;
    }
    outage = setTimeout(() => outbox.giveUp(error), OUTAGE_MS);
    listener({ type: "disconnected", node: address, error });
    void reopen();
  };

  const reopen = async (): Promise<void> => {
    while (over === undefined) {
      try {
        await connection.whenReady();
        await connection.inTurn(attempt);
        listener({ type: "reopened", node: address });
        return;
      } catch (cause) {
        const error = cause instanceof NodeError ? cause : internalError(cause);
        if (over !== undefined) return;
        if (FINAL.has(error.reason)) {
          end(error);
          listener({ type: "ended", node: address, error });
          return;
        }
        await pause(retryMs * (0.75 + Math.random() / 2));
        retryMs = Math.min(2 * retryMs, RETRY_MOST_MS);
      }
    }
  };

  const abortOpening = (): void => end(new NodeError("NODE_CLOSED", "the opening was given up"));
  options.signal?.throwIfAborted();
  options.signal?.addEventListener("abort", abortOpening, { once: true });
  try {
    await attempt();
  } catch (cause) {
    const error = cause instanceof NodeError ? cause : internalError(cause);
    end(error);
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", abortOpening);
  }

  const lookups = createLookups(connection, {
    // The session of the stream, once there is one.
    async session(signal) {
      while (session === undefined) {
        signal.throwIfAborted();
        if (over !== undefined) throw over;
        await wakened(openWaiters, signal);
      }
      return session;
    },
  });

  const close = async (): Promise<void> => {
    if (over !== undefined) return;
    const done = new Promise<void>((resolve) => {
      closing = resolve;
    });
    const timeout = setTimeout(() => {
      stream?.cancel();
      end(closedError());
    }, CLOSE_MS);
    await outbox.finish(closedError());
    if (stream === undefined) end(closedError());
    else stream.finish();
    await done;
    clearTimeout(timeout);
  };

  return {
    address,
    publicKey,
    mtu: MTU,
    async send(to, payload, callOptions) {
      checkOutgoing(to, payload);
      if (over !== undefined) throw over;
      return outbox.send(to, payload, callOptions?.signal);
    },
    trySend(to, payload) {
      checkOutgoing(to, payload);
      return outbox.trySend(to, payload);
    },
    async room(callOptions) {
      if (over !== undefined) throw over;
      return outbox.room(callOptions?.signal);
    },
    sendBatch(batch) {
      checkOutgoingBatch(batch);
      let taken = 0;
      for (const { to, payload } of batch) {
        if (!outbox.trySend(to, payload)) break;
        taken += 1;
      }
      return taken;
    },
    receive: inbox.receive,
    batches: inbox.batches,
    findAddress: lookups.findAddress,
    lookupPublicKey: lookups.lookupPublicKey,
    close,
    async drop() {
      if (over !== undefined) throw over;
      await lookups.drop(Uint8Array.from(serialized));
      end(new NodeError("NODE_DROPPED", "the node was dropped"));
    },
    abandon(error) {
      const last = stream;
      end(error);
      last?.cancel();
    },
  };
}

// Trust, but look: the daemon must have opened the node that was asked for.
function disagreement(response: OpenResponse, key: PrivateKey): NodeError | undefined {
  const asked = key.address.bytes;
  const same =
    response.address.length === asked.length &&
    response.address.every((byte, i) => byte === asked[i]);
  return same
    ? undefined
    : new NodeError("INTERNAL", "the daemon opened another address than that of the key");
}

function closedError(): NodeError {
  return new NodeError("NODE_CLOSED", "the node has been closed");
}

function internalError(cause: unknown): NodeError {
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
