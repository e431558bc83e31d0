// SPDX-License-Identifier: Apache-2.0

/**
 * A node at a daemon, as programs see it: what they send goes through an outbox, what arrives
 * through an inbox, and both live longer than the streams that a keeper starts between them.
 */
import { checkOutgoing, checkOutgoingBatch } from "./check.js";
import type { Connection } from "./connection.js";
import { OUTAGE_MS } from "./constants.js";
import type { ClientListener } from "./events.js";
import type { PrivateKey } from "./identity/index.js";
import { createInbox } from "./inbox.js";
import { createLookups } from "./lookups.js";
import { MTU, type Node } from "./node.js";
import { createOutbox, type Outbox } from "./outbox.js";
import { NodeError } from "./reasons.js";
import { closedError, createStreamKeeper, type StreamKeeper } from "./stream-keeper.js";

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
  /** Is called once, when the node is over. */
  readonly onOver: () => void;
  readonly signal: AbortSignal | undefined;
}

/** Opens a node; resolves when the daemon says that it is open. */
export async function openRemoteNode(options: RemoteNodeOptions): Promise<Node> {
  const { connection, listener, key } = options;
  const node = key.address;
  const outbox = createOutbox((reason) => listener({ type: "refused", node, reason }));
  const inbox = createInbox(options.inboxBytes, (total) =>
    listener({ type: "lost", node, at: "client", total }),
  );
  let outage: NodeJS.Timeout | undefined;
  const keeper = createStreamKeeper({
    connection,
    key,
    daemonInboxBytes: options.daemonInboxBytes,
    events: {
      arrived: inbox.push,
      failed: outbox.failed,
      accepted: outbox.accepted,
      lost: (total) => listener({ type: "lost", node, at: "daemon", total }),
      connected(write) {
        clearTimeout(outage);
        outbox.connected(write);
      },
      broke(error) {
        outbox.disconnected();
        outage = setTimeout(() => outbox.giveUp(outageError(error)), OUTAGE_MS);
        outage.unref();
        listener({ type: "disconnected", node, error });
      },
      reopened: () => listener({ type: "reopened", node }),
      over(error, asked) {
        clearTimeout(outage);
        outbox.end(error);
        inbox.end(error);
        options.onOver();
        if (!asked) listener({ type: "ended", node, error });
      },
    },
  });
  await keeper.start(options.signal);
  return {
    address: node,
    publicKey: key.publicKey,
    mtu: MTU,
    ...createSending(outbox, keeper),
    receive: inbox.receive,
    batches: inbox.batches,
    ...createLookups(connection, keeper),
    close: () => keeper.finish(() => outbox.finish(closedError())),
    drop: keeper.drop,
  };
}

function outageError(cause: NodeError): NodeError {
  return new NodeError("UNAVAILABLE", `no daemon for ${OUTAGE_MS} ms (${cause.message})`, {
    cause,
  });
}

function createSending(
  outbox: Outbox,
  keeper: StreamKeeper,
): Pick<Node, "send" | "trySend" | "room" | "sendBatch"> {
  return {
    async send(to, payload, { signal } = {}) {
      checkOutgoing(to, payload);
      if (keeper.over !== undefined) throw keeper.over;
      return outbox.send(to, payload, signal);
    },
    trySend(to, payload) {
      checkOutgoing(to, payload);
      return outbox.trySend(to, payload);
    },
    async room({ signal } = {}) {
      if (keeper.over !== undefined) throw keeper.over;
      return outbox.room(signal);
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
  };
}
