// SPDX-License-Identifier: Apache-2.0

/**
 * What a daemon says of itself: its peers and the paths to them, its routes, its sessions, its counters. A
 * daemon of another version may know more than this package, or less: what is missing reads as
 * empty or 0, a kind or state without a name here as "unknown".
 */
import * as proto from "@inet256/proto";
import { readMicros } from "./durations.js";
import { Address, PublicKey } from "./identity/index.js";
import { type RouteStatus, readRoute } from "./routes.js";
import { readAnswer } from "./unary.js";

/** How a transport address of a peer became known: named by an operator, found, or heard from. */
export type PathKind = "configured" | "discovered" | "learned" | "unknown";

/**
 * Whether a path carries the traffic (`used`), would (`usable`), has not answered lately
 * (`doubtful`), cannot be sent to by the daemon's machine (`failed`), or has to answer before it
 * may be used (`unproven`).
 */
export type PathState = "used" | "usable" | "doubtful" | "failed" | "unproven" | "unknown";

/** One transport address of a peer, and what is known of the way there. */
export interface PathStatus {
  /** As its transport writes it, for example `192.0.2.1:25632`. */
  readonly address: string;
  readonly kind: PathKind;
  readonly state: PathState;
  /** The round trip time, smoothed, in microseconds; undefined while none has been measured. */
  readonly rttMicros: number | undefined;
  /** The share of datagrams sent there of late that were lost, 0 to 1. */
  readonly loss: number;
  /** Bytes of the largest datagram that is sent there. */
  readonly mtu: number;
  readonly datagramsSent: number;
  readonly bytesSent: number;
  readonly datagramsReceived: number;
  readonly bytesReceived: number;
}

/** Another daemon, and the link to it. */
export interface PeerStatus {
  readonly address: Address;
  /** Configured, or one that came by itself and was accepted. */
  readonly configured: boolean;
  /** It has been reached, is of the same network, and can be sent to. */
  readonly up: boolean;
  readonly paths: readonly PathStatus[];
  /** Packets that wait to be sent to it, and their bytes. */
  readonly queuedPackets: number;
  readonly queuedBytes: number;
  /** Bytes of control messages that it has not acknowledged yet. */
  readonly queuedControlBytes: number;
  /** Counters since the link was made. */
  readonly counters: Readonly<Record<string, number>>;
}

/** The sessions with remote identities, of all nodes together. */
export interface SessionSummary {
  /** Pairs of a node there and a remote identity, idle ones too. */
  readonly remotes: number;
  /** Those of them with a session. */
  readonly sessions: number;
  /** Those of them for which messages wait to be sent, and the bytes of those messages. */
  readonly waitingRemotes: number;
  readonly waitingBytes: number;
}

/** What a daemon says of itself. */
export interface DaemonStatus {
  /** The daemon's own address; its node only answers pings. */
  readonly address: Address;
  readonly publicKey: PublicKey;
  readonly version: string;
  readonly uptimeMs: number;
  readonly endpoints: readonly string[];
  /** The name of the routing algorithm. */
  readonly network: string;
  /** Where other daemons reach it, for example `0.0.0.0:25632`. */
  readonly transportAddresses: readonly string[];
  /** Configured peers, and those that came by themselves. */
  readonly peers: readonly PeerStatus[];
  /** The ways to other daemons that can be sent to now, far ones too. */
  readonly routes: readonly RouteStatus[];
  readonly sessions: SessionSummary;
  /** Open nodes, the daemon's own not counted. */
  readonly nodes: number;
  /** Live connections of clients. */
  readonly clients: number;
  /** Open streams of Connect. */
  readonly streams: number;
  /** Bytes of messages that wait to be read. */
  readonly queuedBytes: number;
  /** Counters since the start, of the daemon as a whole. */
  readonly counters: Readonly<Record<string, number>>;
}

const KINDS: Readonly<Record<number, PathKind>> = {
  [proto.PathKind.CONFIGURED]: "configured",
  [proto.PathKind.DISCOVERED]: "discovered",
  [proto.PathKind.LEARNED]: "learned",
};

const STATES: Readonly<Record<number, PathState>> = {
  [proto.PathState.USED]: "used",
  [proto.PathState.USABLE]: "usable",
  [proto.PathState.DOUBTFUL]: "doubtful",
  [proto.PathState.FAILED]: "failed",
  [proto.PathState.UNPROVEN]: "unproven",
};

/** Reads a daemon's answer. Throws NodeError INTERNAL for an address or a key that is none. */
export function readDaemonStatus(answer: proto.GetStatusResponse): DaemonStatus {
  return {
    address: readAnswer(() => Address.fromBytes(answer.address)),
    publicKey: readAnswer(() => PublicKey.parse(answer.publicKey)),
    version: answer.version,
    uptimeMs: readMicros(answer.uptime) / 1000,
    endpoints: answer.endpoints,
    network: answer.network,
    transportAddresses: answer.transportAddresses,
    peers: answer.peers.map(readPeer),
    routes: answer.routes.map(readRoute),
    sessions: readSessions(answer.sessions),
    nodes: answer.nodes,
    clients: answer.clients,
    streams: answer.streams,
    queuedBytes: Number(answer.queuedBytes),
    counters: readCounters(answer.counters),
  };
}

/** Reads a peer. Throws NodeError INTERNAL for an address that is none. */
export function readPeer(peer: proto.Peer): PeerStatus {
  return {
    address: readAnswer(() => Address.fromBytes(peer.address)),
    configured: peer.configured,
    up: peer.up,
    paths: peer.paths.map(readPath),
    queuedPackets: Number(peer.queuedPackets),
    queuedBytes: Number(peer.queuedBytes),
    queuedControlBytes: Number(peer.queuedControlBytes),
    counters: readCounters(peer.counters),
  };
}

function readPath(path: proto.Path): PathStatus {
  return {
    address: path.address,
    kind: KINDS[path.kind] ?? "unknown",
    state: STATES[path.state] ?? "unknown",
    rttMicros: path.rtt === undefined ? undefined : readMicros(path.rtt),
    loss: path.loss,
    mtu: path.mtu,
    datagramsSent: Number(path.datagramsSent),
    bytesSent: Number(path.bytesSent),
    datagramsReceived: Number(path.datagramsReceived),
    bytesReceived: Number(path.bytesReceived),
  };
}

function readSessions(sessions: proto.SessionSummary | undefined): SessionSummary {
  return {
    remotes: Number(sessions?.remotes ?? 0n),
    sessions: Number(sessions?.sessions ?? 0n),
    waitingRemotes: Number(sessions?.waitingRemotes ?? 0n),
    waitingBytes: Number(sessions?.waitingBytes ?? 0n),
  };
}

function readCounters(counters: readonly proto.Counter[]): Readonly<Record<string, number>> {
  return Object.fromEntries(counters.map(({ name, value }) => [name, Number(value)]));
}
