// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * mesh256, an INET256 daemon, as a library. `startDaemon` runs one in this process; the rooms it is
 * built from lie beside this file, bottom to top: core, sys, crypto, identity, noise, channel,
 * transport, link, peers, network, session, node, service, config, api, daemon; and testing, which
 * others run. Each has a door, its index.ts, that says what it is for. Two doors are packages of
 * their own: `@inet256/mesh256/network` for who writes a routing algorithm, `…/testing` to prove it.
 */
export { ApiError, type ApiErrorCode } from "./api/index.js";
export {
  type ApiSettings,
  type Config,
  defaultConfig,
  formatProblem,
  type Limits,
  type ListenSettings,
  type LogSettings,
  MAX_CONFIG_BYTES,
  type NetworkSettings,
  type ParseResult,
  type PeerSettings,
  type Problem,
  type TransportSettings,
} from "./config/index.js";
export {
  configJsonSchema,
  type Daemon,
  type DaemonOptions,
  describeNetworks,
  exampleConfig,
  type LogDestination,
  type NetworkDescription,
  type NetworkOptionDescription,
  notifyServiceManager,
  type OpenTransports,
  type ParseOptions,
  parseConfig,
  startDaemon,
  type TransportHands,
} from "./daemon/index.js";
export { type Algorithm, listAlgorithms } from "./network/index.js";
export {
  createMemoryMedium,
  createMemoryTransport,
  type MemoryMedium,
  type Transport,
} from "./transport/index.js";
