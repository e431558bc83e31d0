// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A daemon without the machine: every room but the API and the transports, put together. It does no
 * I/O, so that a thousand of them run in one process under virtual time. Invariant: when it has
 * stopped, its neighbours have been told, and no key of it is left.
 */
import { createCertificateVerifier } from "../channel/index.js";
import type { Limits, PeerSettings } from "../config/index.js";
import {
  type Budget,
  type Clock,
  createBudget,
  createDeadline,
  type Deadlines,
  type Logger,
  type Random,
  type Turns,
} from "../core/index.js";
import type { Crypto } from "../crypto/index.js";
import { type Address, createIdentities, type PrivateKey, PURPOSES } from "../identity/index.js";
import { type ConfiguredAlgorithm, createNetwork, type RunningNetwork } from "../network/index.js";
import { attachmentOf, createNodes, type Nodes } from "../node/index.js";
import { createPeers } from "../peers/index.js";
import { createService, type DaemonService } from "../service/index.js";
import { createSessions, type Sessions } from "../session/index.js";
import type { Transport, TransportAddress, TransportSink } from "../transport/index.js";

/** What an engine is made of. */
export interface EngineOptions {
  /** The daemon's own identity. It is taken over, and wiped at the stop. */
  readonly privateKey: PrivateKey;
  readonly algorithm: ConfiguredAlgorithm;
  readonly limits: Pick<Limits, "nodes" | "queuedBytes" | "inboxBytes" | "maxInboxBytes">;
  /** Open, and telling `transportSink` from now on; they stay the caller's. */
  readonly transports: readonly Transport[];
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly random: Random;
  readonly deadlines: Deadlines;
  readonly turns: Turns;
  readonly logger: Logger;
}

/** A running engine. */
export interface Engine {
  /** The daemon's own address. */
  readonly address: Address;
  readonly service: DaemonService;
  readonly nodes: Nodes;
  readonly sessions: Sessions;
  readonly network: RunningNetwork;
  /** Bytes of waiting messages of all nodes. */
  readonly budget: Budget;
  /** What the transports are to tell. */
  readonly transportSink: TransportSink;
  /** Keeps a link with a peer from now on; the addresses are added to those it has. */
  dial(peer: PeerSettings): void;
  /** Ends the link with a peer, which is told; false if there was none. */
  hangUp(peer: Address): boolean;
  /** Whether a transport can send to an address, as a configuration writes it. */
  reaches(text: string): boolean;
  /** Ends every node, and tells the neighbours; it leaves with the end of this turn. */
  stop(): void;
}

/** Both clocks are told so often: a jump of one against the other is a sleep (S11). */
const CLOCKS_MS = 1_000;
/**
 * Kernels count a datagram's own bookkeeping against the buffer, which for small ones is several
 * times their bytes: of what the machine holds, this share is announced.
 */
const WINDOW_SHARE = 1 / 4;
const SMALLEST_WINDOW_BYTES = 64 * 1024;
const MOST_HELD_BYTES = 16 * 1024 * 1024;

/** Puts the rooms together. */
export function createEngine(options: EngineOptions): Engine {
  const { privateKey, algorithm, limits, transports, clock, logger } = options;
  const { crypto, random, deadlines, turns } = options;
  const identities = createIdentities(crypto, random);
  const { keys } = identities;
  const self = attachmentOf(privateKey, keys);
  const verify = createCertificateVerifier(keys);
  const budget = createBudget(limits.queuedBytes);
  const common = { crypto, keys, random, deadlines, turns, clock, logger, verify };

  const network = createNetwork({
    ...common,
    algorithm,
    self,
    unixMs: clock.wallMs,
    createPeers: (owner, networkTag) =>
      createPeers({
        ...common,
        owner,
        networkTag,
        signer: {
          address: self.address.bytes,
          publicKey: self.publicKey,
          sign: (certificate) => self.sign(PURPOSES.noiseStatic, certificate),
        },
        receiveWindowBytes: windowBytes(transports),
        accepts: () => false,
      }),
    // Networks tell sessions, and sessions tell nodes, which are made after them.
    sink: {
      packet: (buffer, at, length, sourceAt, destinationAt, neighbour, nowMs) =>
        sessions.networkSink.packet(buffer, at, length, sourceAt, destinationAt, neighbour, nowMs),
      resolved: (...answer) => sessions.networkSink.resolved(...answer),
      wayCameUp: (nowMs) => sessions.networkSink.wayCameUp(nowMs),
      displaced: (...node) => sessions.networkSink.displaced(...node),
      writable: (nowMs) => sessions.networkSink.writable(nowMs),
    },
  });
  const sessions = createSessions({
    ...common,
    network,
    sink: {
      message: (destination, source, buffer, at, length, nowMs) =>
        nodes.sessionsSink.message(destination, source, buffer, at, length, nowMs),
      gaveUp: (...messages) => nodes.sessionsSink.gaveUp(...messages),
      displaced: (...node) => nodes.sessionsSink.displaced(...node),
      relieved: (...node) => nodes.sessionsSink.relieved(...node),
    },
  });
  const nodes = createNodes({
    ...common,
    own: privateKey,
    network,
    sessions,
    budget,
    inboxBytes: limits.inboxBytes,
    limit: limits.nodes,
  });
  const service = createService({
    ...common,
    ...limits,
    own: privateKey,
    nodes,
    network,
    sessions,
    transports,
    identities,
    budget,
  });

  const tellClocks = (nowMs: number): void => {
    const wallMs = clock.wallMs();
    network.peers.clocks(nowMs, wallMs);
    sessions.clocks(nowMs, wallMs);
    deadlines.set(clocks, nowMs + CLOCKS_MS);
  };
  const clocks = createDeadline(tellClocks);
  tellClocks(clock.monotonicMs());

  return {
    address: privateKey.address,
    service,
    nodes,
    sessions,
    network,
    budget,
    transportSink: network.peers.transportSink,
    dial({ id, addrs }) {
      const peer = id.toString();
      const ways = addrs.flatMap((text) => {
        const way = findWay(transports, text);
        if (way === undefined) logger.warn("no transport reaches an address", { peer, text });
        return way ?? [];
      });
      if (!network.peers.add(id, ways, clock.monotonicMs())) {
        logger.warn("a peer is this daemon itself", { peer });
      }
    },
    hangUp: (peer) => network.peers.remove(peer, clock.monotonicMs()),
    reaches: (text) => findWay(transports, text) !== undefined,
    stop() {
      const nowMs = clock.monotonicMs();
      // First, so that nobody opens again who hears of the end of his node.
      service.stop();
      nodes.stop();
      sessions.close(nowMs);
      network.close(nowMs);
      deadlines.clear(clocks);
      privateKey.wipe();
    },
  };
}

function windowBytes(transports: readonly Transport[]): number {
  const held = transports.map(({ receiveBufferBytes }) => receiveBufferBytes);
  const share = Math.floor(Math.min(MOST_HELD_BYTES, ...held) * WINDOW_SHARE);
  return Math.max(SMALLEST_WINDOW_BYTES, share);
}

function findWay(transports: readonly Transport[], text: string): TransportAddress | undefined {
  for (const transport of transports) {
    const way = transport.address(text);
    if (way !== undefined) return way;
  }
  return undefined;
}
