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
import type { Budget, Clock, Deadlines, Random } from "../core/index.js";
import { type Identities, type PrivateKey, PublicKey } from "../identity/index.js";
import type { NodeStatus, Nodes, Opening, OpenWish } from "../node/index.js";
import type { PeerStatus } from "../peers/index.js";
import { type Counters, collectCounters, type NetworkView } from "./counters.js";
import { refusalError } from "./errors.js";
import { createInProcessNode, type NodeQueries } from "./in-process-node.js";
import { createProbes, type Probes } from "./probes.js";
import { explainRoute, listRoutes, type RouteExplanation, type RouteStatus } from "./routes.js";
import { createSearches } from "./search.js";
import { pause } from "./timing.js";

/** What the service needs. */
export interface ServiceOptions {
  readonly nodes: Nodes;
  readonly network: NetworkView;
  /** What the sessions say of themselves. */
  readonly sessions: SessionsView;
  /** What the transports have counted, and where they receive. */
  readonly transports: readonly TransportView[];
  readonly identities: Identities;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly random: Random;
  /** Bytes of unread messages of all nodes. */
  readonly budget: Budget;
  /** The daemon's own identity. */
  readonly own: { readonly address: Address; readonly publicKey: PublicKey };
  /** Bytes a node keeps unread by default, and at most when asked. */
  readonly inboxBytes: number;
  readonly maxInboxBytes: number;
}

/** What is shown of sessions. */
export interface SessionsView {
  stats(): SessionSummary;
  readonly counters: Counters;
  readonly channelCounters: Counters;
}

/** What is shown of a transport. */
export interface TransportView {
  readonly name: string;
  readonly localAddresses: readonly { readonly text: string }[];
  readonly counters: Counters;
}

/** How the daemon is doing. */
export interface ServiceStatus {
  readonly address: Address;
  readonly publicKey: PublicKey;
  readonly uptimeMs: number;
  readonly nodes: number;
  readonly queuedBytes: number;
  /** The routing algorithm's name. */
  readonly network: string;
  /** Where other daemons reach this one, for example `0.0.0.0:25632`. */
  readonly transportAddresses: readonly string[];
  /** Configured peers, and those that came by themselves. */
  readonly peers: readonly PeerStatus[];
  /** The ways to other routers that can be sent to now. */
  readonly routes: readonly RouteStatus[];
  readonly sessions: SessionSummary;
  /** Counters by name, of the daemon as a whole. */
  readonly counters: Readonly<Record<string, number>>;
}

/** The sessions with remote identities, of all nodes together. */
export interface SessionSummary {
  /** Pairs of a node here and a remote identity, idle ones too. */
  readonly remotes: number;
  /** Those of them with a session. */
  readonly sessions: number;
  /** Those of them for which messages wait to be sent, and the bytes of those messages. */
  readonly waitingRemotes: number;
  readonly waitingBytes: number;
}

/** The daemon's use cases, for programs in its process and for its API. */
export interface DaemonService extends Service, Probes {
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
  /**
   * Sends one message of an opening once the network knows its destination; resolves when it was
   * accepted. Throws NodeError: NO_SUCH_ADDRESS, UNREACHABLE, or what `transmit` says.
   */
  sendWhenKnown(
    opening: Opening,
    to: Address,
    payload: Uint8Array,
    options: { readonly signal: AbortSignal },
  ): Promise<void>;
  status(): ServiceStatus;
  /**
   * Which way a message would go now, and why; an address that is not reached is searched for
   * first, for 2 s at most. Rejects with the signal's reason.
   */
  explain(address: Address, options?: { readonly signal?: AbortSignal }): Promise<RouteExplanation>;
  /** Resolves after so many milliseconds, or rejects with the signal's reason. */
  pause(afterMs: number, signal: AbortSignal): Promise<void>;
  /** The nodes that are open, the daemon's own not included, in no particular order. */
  listNodes(): readonly NodeStatus[];
}

/** The same, in the hands of whoever runs it. */
export interface RunningService extends DaemonService {
  /** From now on opening and searching is UNAVAILABLE; searches that are under way too. */
  stop(): void;
}

const ED25519 = "ed25519";
const ADDRESS_BITS = 256;

/** The service over the rooms below. */
export function createService(options: ServiceOptions): RunningService {
  const { nodes, network, identities, clock, budget, own } = options;
  const searches = createSearches(options);
  const startedMs = clock.monotonicMs();
  let ended: NodeError | undefined;

  const mustRun = (): void => {
    if (ended !== undefined) throw ended;
  };
  const search: typeof searches.find = async (prefix, nbits, signal, atMostMs) => {
    mustRun();
    return searches.find(prefix, nbits, signal, atMostMs);
  };

  const parse = (serialized: Uint8Array): PrivateKey => {
    try {
      return identities.keys.parsePrivateKey(serialized);
    } catch (cause) {
      if (!(cause instanceof IdentityError)) throw cause;
      throw new NodeError("BAD_KEY", cause.message, { cause });
    }
  };
  const openSerialized = (serialized: Uint8Array, wish: OpenWish): Opening => {
    mustRun();
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
    const found = await search(prefix, nbits, signal);
    if (found !== undefined) return found.address;
    throw new NodeError("NO_SUCH_ADDRESS", `the network knows no address with these ${nbits} bits`);
  };
  const searchExactly = async (address: Address, signal: AbortSignal | undefined) => {
    const found = await search(address.bytes, ADDRESS_BITS, signal);
    if (found !== undefined) return found;
    throw refusalError("NO_SUCH_ADDRESS");
  };
  const lookupPublicKey: DaemonService["lookupPublicKey"] = async (address, { signal } = {}) => {
    signal?.throwIfAborted();
    if (!(address instanceof Address)) {
      throw new NodeError("BAD_ADDRESS", "address: expected an Address");
    }
    return PublicKey.parse((await searchExactly(address, signal)).publicKey);
  };
  const queries: NodeQueries = {
    findAddress,
    lookupPublicKey,
    drop: (address) => void nodes.drop(address),
  };

  const open: Service["open"] = async (key, openOptions = {}) => {
    checkPrivateKey(key);
    checkOpenOptions(openOptions);
    openOptions.signal?.throwIfAborted();
    const { inboxBytes } = openOptions;
    const opening = withSerialized(key, (bytes) => openSerialized(bytes, { inboxBytes }));
    return createInProcessNode(opening, queries, inboxBytes ?? options.inboxBytes, options);
  };
  const explain: DaemonService["explain"] = async (address, { signal } = {}) => {
    signal?.throwIfAborted();
    return explainRoute({ network, search, clock, own: own.address }, address, signal);
  };
  const probes = createProbes({ ...options, open, explain, searchExactly });

  return {
    open,
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
    async sendWhenKnown(opening, to, payload, { signal }) {
      await searchExactly(to, signal);
      const refusal = opening.transmit(to.bytes, 0, payload, 0, payload.length);
      if (refusal !== undefined) throw refusalError(refusal);
    },
    status: () => ({
      address: own.address,
      publicKey: own.publicKey,
      uptimeMs: clock.monotonicMs() - startedMs,
      nodes: nodes.size(),
      queuedBytes: budget.used(),
      network: network.name,
      transportAddresses: options.transports.flatMap(({ localAddresses }) =>
        localAddresses.map(({ text }) => text),
      ),
      peers: network.peers.list(),
      routes: listRoutes(network),
      sessions: options.sessions.stats(),
      counters: collectCounters(options),
    }),
    explain,
    pause: (afterMs, signal) => pause(options, afterMs, signal),
    listNodes: () => nodes.list(),
    ...probes,
    stop() {
      ended = new NodeError("UNAVAILABLE", "the daemon is shutting down");
      searches.stop(ended);
    },
  };
}
