// SPDX-License-Identifier: Apache-2.0

/**
 * `connect`: the way in. One client is one connection to a daemon; it opens any number of nodes,
 * and brings them back by itself when the daemon was away.
 */
import { Metadata } from "@grpc/grpc-js";
import { AdminService } from "@inet256/proto";
import { type Admin, createAdmin } from "./admin.js";
import { checkInboxBytes, checkOpenOptions, checkPrivateKey } from "./check.js";
import { clientClosedError, createConnection } from "./connection.js";
import { INBOX_BYTES } from "./constants.js";
import { type CredentialOptions, showAt } from "./credentials.js";
import { type DaemonStatus, readDaemonStatus } from "./daemon-status.js";
import {
  defaultEndpoint,
  type Endpoint,
  formatEndpoint,
  parseEndpoint,
  surroundings,
} from "./endpoint.js";
import type { ClientListener } from "./events.js";
import type { Address, PrivateKey } from "./identity/index.js";
import { dropNode } from "./lookups.js";
import type { CallOptions, Node, Service } from "./node.js";
import { NodeError } from "./reasons.js";
import { openRemoteNode } from "./remote-node.js";
import { explainRoute, type RouteExplanation } from "./routes.js";
import { unary } from "./unary.js";

/** How to connect. */
export interface ConnectOptions extends CredentialOptions {
  /** Hears of breaks, reopenings and losses. */
  readonly onEvent?: ClientListener;
  /** Bytes of unread messages kept per node in this process; the oldest are lost. Default 8 MiB. */
  readonly inboxBytes?: number;
  /**
   * Lets private keys cross plaintext TCP, and tokens leave this machine by it, where anybody on the
   * way or on the port can read them. Only for a tunnel that is private by other means. Default
   * false: such calls are refused.
   */
  readonly allowPrivateKeysOverPlaintext?: boolean;
}

/** A connection to a daemon. */
export interface Client extends Service {
  /** The endpoint it speaks to. */
  readonly endpoint: string;
  /** Asks the daemon about itself. Rejects with UNAVAILABLE when there is none. */
  status(options?: CallOptions): Promise<DaemonStatus>;
  /**
   * Asks which way messages to an address would go now, and why; the daemon searches for one that
   * it does not reach, for 2 s at most. No way is an answer too. Rejects with BAD_ADDRESS or
   * UNAVAILABLE.
   */
  explain(address: Address, options?: CallOptions): Promise<RouteExplanation>;
  /** What operators ask and change besides. */
  readonly admin: Admin;
  /** Closes every node opened here, then the connection. */
  close(): Promise<void>;
}

/**
 * Connects to the daemon at `endpoint`; without one, to $INET256_API, the user's own daemon or the
 * system's, in this order. Returns at once: the first call finds out whether a daemon is there.
 * Throws NodeError BAD_REQUEST for an endpoint that cannot be parsed, an option out of range, or a
 * file of the environment that cannot be read.
 */
export function connect(
  endpoint: string = defaultEndpoint(),
  options: ConnectOptions = {},
): Client {
  const parsed = parseEndpoint(endpoint);
  checkInboxBytes(options.inboxBytes, "BAD_REQUEST");
  const connection = createConnection(parsed, showAt(parsed, options, surroundings().env));
  const nodes = new Set<Node>();
  const listener = options.onEvent ?? (() => {});
  const mayHandOverKeys = (): void => {
    if (connection.closed) throw clientClosedError();
    if (options.allowPrivateKeysOverPlaintext !== true) refusePlaintext(parsed);
  };

  return {
    endpoint: formatEndpoint(parsed),
    async open(key: PrivateKey, openOptions = {}) {
      checkPrivateKey(key);
      checkOpenOptions(openOptions);
      mayHandOverKeys();
      let over = false;
      let node: Node | undefined;
      node = await openRemoteNode({
        connection,
        key,
        daemonInboxBytes: openOptions.inboxBytes ?? 0,
        inboxBytes: options.inboxBytes ?? INBOX_BYTES,
        listener,
        signal: openOptions.signal,
        onOver: () => {
          over = true;
          if (node !== undefined) nodes.delete(node);
        },
      });
      if (!over) nodes.add(node);
      return node;
    },
    async drop(key: PrivateKey) {
      checkPrivateKey(key);
      mayHandOverKeys();
      await dropNode(connection, key.serialize());
    },
    async status({ signal } = {}) {
      const method = AdminService.method.getStatus;
      const answer = await unary(connection, method, {}, new Metadata(), signal);
      return readDaemonStatus(answer);
    },
    admin: createAdmin(connection),
    explain: (address, callOptions) => explainRoute(connection, address, callOptions),
    async close() {
      await Promise.all([...nodes].map((node) => node.close()));
      connection.close();
    },
  };
}

// Rule P1: whoever squats on a port, or listens on the way, must not collect keys.
function refusePlaintext(endpoint: Endpoint): void {
  if (endpoint.kind !== "tcp") return;
  throw new NodeError(
    "BAD_REQUEST",
    `refusing to send a private key over plaintext to ${formatEndpoint(endpoint)}: use unix:// or tls://, or set allowPrivateKeysOverPlaintext`,
  );
}
