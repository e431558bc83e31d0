// SPDX-License-Identifier: GPL-3.0-or-later

/** How the daemon is doing, as the API says it. Translation only. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type CounterSchema,
  type GetStatusResponseSchema,
  PathKind,
  type PathSchema,
  PathState,
  type PeerSchema,
} from "@inet256/proto";
import type { PeerStatus, ServiceStatus, SessionSummary } from "../service/index.js";
import { duration } from "./duration.js";
import { routeMessage } from "./route-message.js";

/** What the API knows beside the service. */
export interface ApiStatus {
  readonly endpoints: readonly string[];
  readonly clients: number;
  readonly streams: number;
  readonly counters: Readonly<Record<string, number>>;
}

type PathStats = PeerStatus["stats"]["paths"][number];

const KINDS: Readonly<Record<PathStats["kind"], PathKind>> = {
  configured: PathKind.CONFIGURED,
  discovered: PathKind.DISCOVERED,
  learned: PathKind.LEARNED,
};

const STATES: Readonly<Record<PathStats["state"], PathState>> = {
  used: PathState.USED,
  usable: PathState.USABLE,
  doubtful: PathState.DOUBTFUL,
  failed: PathState.FAILED,
  unproven: PathState.UNPROVEN,
};

/** The answer to GetStatus. */
export function statusMessage(
  status: ServiceStatus,
  api: ApiStatus,
  version: string,
): MessageInitShape<typeof GetStatusResponseSchema> {
  return {
    address: status.address.bytes,
    addressText: status.address.toString(),
    publicKey: status.publicKey.serialize(),
    version,
    uptime: duration(status.uptimeMs * 1000),
    endpoints: [...api.endpoints],
    nodes: status.nodes,
    clients: api.clients,
    streams: api.streams,
    queuedBytes: BigInt(status.queuedBytes),
    counters: counterMessages({ ...status.counters, ...api.counters }),
    network: status.network,
    transportAddresses: [...status.transportAddresses],
    peers: status.peers.map(peerMessage),
    sessions: sessionsMessage(status.sessions),
    routes: status.routes.map(routeMessage),
  };
}

/** A peer with its paths. Its counters are named as the daemon's are: `dropped_queue_full`. */
export function peerMessage(peer: PeerStatus): MessageInitShape<typeof PeerSchema> {
  const { address, configured, stats } = peer;
  const counters = Object.entries(stats.counters).map(([name, value]) => [snakeCase(name), value]);
  return {
    address: address.bytes,
    addressText: address.toString(),
    configured,
    up: peer.up,
    paths: stats.paths.map(pathMessage),
    queuedPackets: BigInt(stats.queuedPackets),
    queuedBytes: BigInt(stats.queuedBytes),
    queuedControlBytes: BigInt(stats.queuedControlBytes),
    counters: counterMessages(Object.fromEntries(counters)),
  };
}

function pathMessage(path: PathStats): MessageInitShape<typeof PathSchema> {
  return {
    address: path.address,
    kind: KINDS[path.kind],
    state: STATES[path.state],
    // What a link has for a path that never answered is an assumption.
    ...(path.rttMicros === undefined ? {} : { rtt: duration(path.rttMicros) }),
    loss: path.loss,
    mtu: path.mtu,
    datagramsSent: BigInt(path.datagramsSent),
    bytesSent: BigInt(path.bytesSent),
    datagramsReceived: BigInt(path.datagramsReceived),
    bytesReceived: BigInt(path.bytesReceived),
  };
}

function sessionsMessage(sessions: SessionSummary) {
  return {
    remotes: BigInt(sessions.remotes),
    sessions: BigInt(sessions.sessions),
    waitingRemotes: BigInt(sessions.waitingRemotes),
    waitingBytes: BigInt(sessions.waitingBytes),
  };
}

function counterMessages(
  counters: Readonly<Record<string, number>>,
): MessageInitShape<typeof CounterSchema>[] {
  return Object.entries(counters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value: BigInt(value) }));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
