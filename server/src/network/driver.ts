// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The driver: a router, and the links that it routes over. It writes nothing into headers and
 * decides no way; it moves packets, names links by numbers, and keeps what is asked for. Invariant:
 * every packet is sent, delivered, forwarded, or dropped in one counter.
 */
import {
  createDeadline,
  type Deadlines,
  type Logger,
  type Random,
  readU32,
} from "../core/index.js";
import type { Crypto } from "../crypto/index.js";
import { Address, type Keys } from "../identity/index.js";
import type { Peers, PeersOwner } from "../peers/index.js";
import { type ConfiguredAlgorithm, networkTag } from "./algorithm.js";
import { createNetworkCounters, type NetworkCounters } from "./counters.js";
import { createExpectedPeers, type ExpectedPeers } from "./expected-peers.js";
import { DESTINATION_AT, headerLength, SOURCE_AT } from "./header.js";
import { createNeighbourTable } from "./neighbour-table.js";
import type { Attachment, Network, NetworkSink } from "./network.js";
import { createQuestions } from "./questions.js";
import {
  BAD_HEADER,
  type Explanation,
  FROM_LOCAL,
  type Router,
  type RouterCounters,
  type RouterSink,
  TO_LOCAL,
  TOO_FAR,
  type Way,
} from "./router.js";

/** What a network is made of. */
export interface NetworkOptions {
  readonly algorithm: ConfiguredAlgorithm;
  /** Makes the set of peers, whose owner is the network and whose network tag is this. */
  readonly createPeers: (owner: PeersOwner, tag: Uint8Array) => Peers;
  /** The daemon's own identity: the router's. */
  readonly self: Attachment;
  readonly crypto: Crypto;
  readonly keys: Keys;
  readonly random: Random;
  readonly deadlines: Deadlines;
  readonly logger: Logger;
  /** Milliseconds since 1970 by the wall clock, which may jump: for sequence numbers (R3). */
  readonly unixMs: () => number;
  readonly sink: NetworkSink;
}

/** A network at work. */
export interface RunningNetwork extends Network {
  /** 32 bytes: SHA-256 of the algorithm's name and the options that must agree. */
  readonly tag: Uint8Array;
  /** The links. Peers are added and removed here, so that the network knows whom to expect. */
  readonly peers: Peers;
  readonly counters: Readonly<NetworkCounters>;
  readonly routerCounters: RouterCounters;
  /** Which way a packet would take now, and why. */
  explain(destination: Uint8Array, nowMs: number): Explanation;
  /** The ways to all routers that can be sent to now. */
  ways(): readonly Way[];
  /** Ends every link; the peers are told. */
  close(nowMs: number): void;
}

/** A network without peers. */
export function createNetwork(options: NetworkOptions): RunningNetwork {
  const { algorithm, crypto, deadlines, logger, random, sink } = options;
  const tag = networkTag(crypto, algorithm);
  const table = createNeighbourTable();
  const counters = createNetworkCounters();
  const expected = createExpectedPeers(random);
  const wake = createDeadline((nowMs) => router.wake(nowMs));
  const routerSink: RouterSink = {
    sendControl: (id, message, nowMs) => table.get(id)?.link.sendControl(message, nowMs) === true,
    wakeAt: (atMs) => deadlines.set(wake, atMs),
    resolved: (query, found, nowMs) => questions.resolved(query, found, nowMs),
    reachable: (found, nowMs) => questions.reachable(found, nowMs),
    moved(address, nowMs) {
      logger.warn("another daemon has a newer attachment of a node that is open here", {
        node: Address.fromBytes(address).toString(),
      });
      sink.displaced(address, nowMs);
    },
  };
  const router: Router = algorithm.createRouter({ ...options, tag, sink: routerSink });
  const questions = createQuestions({
    random,
    deadlines,
    router,
    settledAtMs: expected.settledAtMs,
    sink,
  });

  /** Gives a packet to a neighbour. */
  const give = (buffer: Uint8Array, at: number, length: number, id: number, nowMs: number) => {
    const taken = table.get(id)?.link.send(buffer, at, length, flowOf(buffer, at), nowMs) === true;
    if (!taken) counters.droppedByLink += 1;
    return taken;
  };
  /** Writes the header and asks for the way; the packet begins at `way.start` and has `way.bytes`. */
  const way = { start: 0, bytes: 0 };
  const findWay = (
    source: Uint8Array,
    destination: Uint8Array,
    introduce: boolean,
    buffer: Uint8Array,
    at: number,
    length: number,
    nowMs: number,
  ): number => {
    way.start = router.prepare(source, destination, introduce, buffer, at, nowMs);
    if (way.start < 0) return -1;
    way.bytes = at + length - way.start;
    return router.forward(buffer, way.start, way.bytes, at - way.start, FROM_LOCAL, nowMs);
  };
  const sendOwn = (buffer: Uint8Array, to: number, nowMs: number): boolean => {
    if (!give(buffer, way.start, way.bytes, to, nowMs)) return false;
    counters.sent += 1;
    return true;
  };
  const receive: PeersOwner["packet"] = (link, buffer, at, length, nowMs) => {
    const from = table.of(link);
    const headerBytes = headerLength(buffer, at, length);
    if (from === undefined || headerBytes === 0) {
      counters.droppedInvalid += 1;
      return;
    }
    const to = router.forward(buffer, at, length, headerBytes, from.id, nowMs);
    if (to >= 0) {
      if (give(buffer, at, length, to, nowMs)) counters.forwarded += 1;
    } else if (to === TO_LOCAL) {
      counters.delivered += 1;
      const source = at + SOURCE_AT;
      const payload = at + headerBytes;
      const bytes = length - headerBytes;
      sink.packet(buffer, payload, bytes, source, at + DESTINATION_AT, from.name, nowMs);
    } else if (to === BAD_HEADER) counters.droppedInvalid += 1;
    else if (to === TOO_FAR) counters.droppedTooFar += 1;
    else counters.droppedNoWay += 1;
  };
  const configured = new Set<string>();
  const owner: PeersOwner = {
    packet: receive,
    control(link, buffer, at, length, nowMs) {
      const from = table.of(link);
      if (from !== undefined) router.control(from.id, buffer, at, length, nowMs);
    },
    up(link, nowMs) {
      expected.settle(link.remote());
      router.neighbourUp(table.add(link).id, link.remote(), nowMs);
      questions.neighbourUp(nowMs);
      sink.wayCameUp(nowMs);
    },
    down(link, reason, nowMs) {
      const lost = table.remove(link);
      if (lost === undefined) return;
      const mayReturn = reason !== "removed" && reason !== "peer-refused";
      if (mayReturn && reason !== "other-network" && configured.has(lost.name)) {
        expected.expect(link.remote(), nowMs);
      }
      router.neighbourDown(lost.id, nowMs);
    },
    changed(link, quality, nowMs) {
      const changed = table.of(link);
      if (changed !== undefined) router.neighbourChanged(changed.id, quality, nowMs);
    },
    writable: (_link, nowMs) => sink.writable(nowMs),
  };
  const links = options.createPeers(owner, tag);
  const peers = watchPeers(links, expected, configured);

  return {
    name: algorithm.name,
    tag,
    peers,
    counters,
    routerCounters: router.counters,
    attach: (node, nowMs) => router.attach(node, nowMs),
    detach: (address, nowMs) => router.detach(address, nowMs),
    reach: (buffer, at) => (router.reaches(buffer, at) ? "ready" : questions.reach(buffer, at)),
    resolve: (destination, nowMs) => questions.resolve(destination, nowMs),
    doubt: (destination, nowMs) => router.doubt(destination, nowMs),
    send(source, destination, introduce, buffer, at, length, nowMs) {
      const to = findWay(source, destination, introduce, buffer, at, length, nowMs);
      if (to >= 0) return sendOwn(buffer, to, nowMs);
      counters.droppedNotReady += 1;
      return false;
    },
    offer(source, destination, buffer, at, length, nowMs) {
      const to = findWay(source, destination, false, buffer, at, length, nowMs);
      const hasRoom = table.get(to)?.link.hasRoom(flowOf(buffer, way.start)) === true;
      return hasRoom && sendOwn(buffer, to, nowMs);
    },
    find: (prefix, nbits, found, nowMs) => questions.find(prefix, nbits, found, nowMs),
    explain: (destination, nowMs) => router.explain(destination, nowMs),
    ways: () => router.ways(),
    close(nowMs) {
      links.close(nowMs);
      questions.close();
      deadlines.clear(wake);
    },
  };
}

/** One number for the packets of one conversation, so that links queue them fairly. */
function flowOf(buffer: Uint8Array, at: number): number {
  const destination = readU32(buffer, at + DESTINATION_AT);
  const source = readU32(buffer, at + SOURCE_AT);
  return (destination ^ Math.imul(source, 0x9e3779b1)) >>> 0;
}

/** The peers, with who is configured written down. */
function watchPeers(links: Peers, expected: ExpectedPeers, configured: Set<string>): Peers {
  return {
    transportSink: links.transportSink,
    counters: links.counters,
    clocks: (nowMs, wallMs) => links.clocks(nowMs, wallMs),
    add(address, ways, nowMs) {
      const isUp = links.link(address)?.up() === true;
      if (!links.add(address, ways, nowMs)) return false;
      configured.add(address.toString());
      if (!isUp) expected.expect(address.bytes, nowMs);
      return true;
    },
    remove(address, nowMs) {
      configured.delete(address.toString());
      expected.settle(address.bytes);
      return links.remove(address, nowMs);
    },
    link: (address) => links.link(address),
    get size() {
      return links.size;
    },
    list: () => links.list(),
    linkCounters: () => links.linkCounters(),
    close: (nowMs) => links.close(nowMs),
  };
}
