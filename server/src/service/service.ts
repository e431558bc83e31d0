// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The use cases of a daemon: open and drop nodes, find addresses and keys, say how it is doing.
 * Promises begin here; the rooms below answer at once.
 */
import {
  Address,
  checkOpenOptions,
  checkPrefix,
  checkPrivateKey,
  IdentityError,
  NodeError,
  type Service,
} from "@inet256/client";
import type { Budget, Clock } from "../core/index.js";
import type { Identities, PrivateKey, PublicKey } from "../identity/index.js";
import type { Nodes, Opening, OpenWish } from "../node/index.js";
import { refusalError } from "./errors.js";
import { createInProcessNode, type NodeQueries } from "./in-process-node.js";

/** What the service needs. */
export interface ServiceOptions {
  readonly nodes: Nodes;
  readonly identities: Identities;
  readonly clock: Clock;
  /** Bytes of unread messages of all nodes. */
  readonly budget: Budget;
  /** The daemon's own identity. */
  readonly own: { readonly address: Address; readonly publicKey: PublicKey };
  /** Bytes a node keeps unread by default, and at most when asked. */
  readonly inboxBytes: number;
  readonly maxInboxBytes: number;
}

/** How the daemon is doing. */
export interface ServiceStatus {
  readonly address: Address;
  readonly publicKey: PublicKey;
  readonly uptimeMs: number;
  readonly nodes: number;
  readonly queuedBytes: number;
  /** Counters by name. */
  readonly counters: Readonly<Record<string, number>>;
}

/** The daemon's use cases, for programs in its process and for its API. */
export interface DaemonService extends Service {
  /** Opens a node for the API, from a serialized private key, which is copied. Throws NodeError. */
  openSerialized(privateKey: Uint8Array, wish: OpenWish): Opening;
  /** Drops a node by its serialized private key. Throws NodeError. */
  dropSerialized(privateKey: Uint8Array): void;
  /** Makes a key; undefined: the algorithm is unknown. */
  generateKey(algorithm: string): PrivateKey | undefined;
  /** As Node.findAddress. */
  findAddress: NodeQueries["findAddress"];
  /** As Node.lookupPublicKey. */
  lookupPublicKey: NodeQueries["lookupPublicKey"];
  status(): ServiceStatus;
}

const ED25519 = "ed25519";

/** The service over the rooms below. */
export function createService(options: ServiceOptions): DaemonService {
  const { nodes, identities, clock, budget, own } = options;
  const startedMs = clock.monotonicMs();

  const parse = (serialized: Uint8Array): PrivateKey => {
    try {
      return identities.keys.parsePrivateKey(serialized);
    } catch (cause) {
      if (!(cause instanceof IdentityError)) throw cause;
      throw new NodeError("BAD_KEY", cause.message, { cause });
    }
  };
  const openSerialized = (serialized: Uint8Array, wish: OpenWish): Opening => {
    if (wish.inboxBytes !== undefined && wish.inboxBytes > options.maxInboxBytes) {
      throw new NodeError(
        "UNSUPPORTED_OPTION",
        `inbox_bytes: at most ${options.maxInboxBytes} are allowed here, ${wish.inboxBytes} were asked for`,
      );
    }
    const opened = nodes.open(parse(serialized), wish);
    if (typeof opened === "string") throw refusalError(opened);
    return opened;
  };
  const dropSerialized = (serialized: Uint8Array): void => {
    const key = parse(serialized);
    const { address } = key;
    key.wipe();
    if (address.equals(own.address)) throw refusalError("KEY_IN_USE_BY_DAEMON");
    nodes.drop(address);
  };
  const withSerialized = <T>(key: PrivateKey, use: (serialized: Uint8Array) => T): T => {
    const serialized = key.serialize();
    try {
      return use(serialized);
    } finally {
      serialized.fill(0);
    }
  };

  const findAddress: DaemonService["findAddress"] = async (prefix, nbits, { signal } = {}) => {
    signal?.throwIfAborted();
    try {
      checkPrefix(prefix, nbits);
    } catch (cause) {
      if (!(cause instanceof IdentityError)) throw cause;
      throw new NodeError("BAD_REQUEST", cause.message, { cause });
    }
    const found = nodes.find(prefix, nbits);
    if (found !== undefined) return found;
    throw new NodeError("NO_SUCH_ADDRESS", `the network knows no address with these ${nbits} bits`);
  };
  const lookupPublicKey: DaemonService["lookupPublicKey"] = async (address, { signal } = {}) => {
    signal?.throwIfAborted();
    if (!(address instanceof Address)) {
      throw new NodeError("BAD_ADDRESS", "address: expected an Address");
    }
    const found = nodes.publicKey(address);
    if (found !== undefined) return found;
    throw refusalError("NO_SUCH_ADDRESS");
  };
  const queries: NodeQueries = {
    findAddress,
    lookupPublicKey,
    drop: (address) => void nodes.drop(address),
  };

  return {
    async open(key, openOptions = {}) {
      checkPrivateKey(key);
      checkOpenOptions(openOptions);
      openOptions.signal?.throwIfAborted();
      const { inboxBytes } = openOptions;
      const opening = withSerialized(key, (bytes) => openSerialized(bytes, { inboxBytes }));
      return createInProcessNode(opening, queries, inboxBytes ?? options.inboxBytes);
    },
    async drop(key) {
      checkPrivateKey(key);
      withSerialized(key, dropSerialized);
    },
    openSerialized,
    dropSerialized,
    generateKey: (algorithm) =>
      algorithm === "" || algorithm === ED25519 ? identities.generate() : undefined,
    findAddress,
    lookupPublicKey,
    status: () => ({
      address: own.address,
      publicKey: own.publicKey,
      uptimeMs: clock.monotonicMs() - startedMs,
      nodes: nodes.size,
      queuedBytes: budget.used,
      counters: {
        datagrams_delivered: nodes.counters.delivered,
        datagrams_lost_inbox_full: nodes.counters.inboxLost,
        datagrams_refused_no_such_address: nodes.counters.noSuchAddress,
        datagrams_refused_too_large: nodes.counters.tooLarge,
        datagrams_to_daemon_not_ping: nodes.counters.notPings,
      },
    }),
  };
}
