// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Daemon: the composition root. Everything else is a room that knows only those below it. engine.ts
 * puts together what does no I/O, daemon.ts that and the machine.
 */
export {
  configJsonSchema,
  exampleConfig,
  type ParseOptions,
  parseConfig,
} from "./configuration.js";
export {
  type Daemon,
  type DaemonOptions,
  startDaemon,
} from "./daemon.js";
export { createEngine, type Engine, type EngineOptions } from "./engine.js";
export type { LogDestination } from "./logging.js";
export {
  describeNetwork,
  describeNetworks,
  type NetworkDescription,
  type NetworkOptionDescription,
} from "./networks.js";
export { notifyServiceManager } from "./service-manager.js";
export type { OpenTransports, TransportHands } from "./transports.js";
