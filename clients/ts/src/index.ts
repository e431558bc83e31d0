// SPDX-License-Identifier: Apache-2.0

export type {
  Admin,
  AdminPingOptions,
  NetworkStatus,
  OpenNodeStatus,
  PeerChangeOptions,
  PingStatus,
  TraceStop,
} from "./admin.js";
export { checkOpenOptions, checkOutgoing, checkOutgoingBatch, checkPrivateKey } from "./check.js";
/**
 * INET256 for programs: make a key, connect to the local daemon, send to an address.
 *
 *     const client = connect();
 *     const node = await client.open(generateKey());
 *     await node.send(Address.parse("…"), payload);
 *     const { source, payload } = await node.receive();
 *
 * Start with client.ts (connect) and node.ts (what a node can do). Addresses and keys alone,
 * without gRPC, are at `@inet256/client/identity`.
 */
export { type Client, type ConnectOptions, connect } from "./client.js";
export type { CredentialOptions, TlsOptions } from "./credentials.js";
export type {
  DaemonStatus,
  PathKind,
  PathState,
  PathStatus,
  PeerStatus,
  SessionSummary,
} from "./daemon-status.js";
export {
  checkPrivateFolder,
  defaultEndpoint,
  ENDPOINT_VARIABLE,
  type Endpoint,
  formatEndpoint,
  parseEndpoint,
  type Surroundings,
  SYSTEM_ENDPOINT,
  surroundings,
  userSocket,
} from "./endpoint.js";
export type { ClientEvent, ClientListener } from "./events.js";
export * from "./identity/index.js";
export { batchOfOne, createInbox, type Inbox } from "./inbox.js";
export { generateKey, type KeyFile, keys, readKeyFile, writeKeyFile } from "./key-files.js";
export {
  type CallOptions,
  type Datagram,
  type DatagramBatch,
  MTU,
  type Node,
  type OpenOptions,
  type OutgoingDatagram,
  type Service,
} from "./node.js";
export { NODE_ERROR_REASONS, NodeError, type NodeErrorReason } from "./reasons.js";
export type { RouteExplanation, RouteStatus } from "./routes.js";
export { type Stop, stopsOf } from "./stops.js";
