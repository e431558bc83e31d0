// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * mesh256, an INET256 daemon, as a library. `startDaemon` runs one in this process; the rooms it is
 * built from lie beside this file, bottom to top: core, crypto, identity, node, service, config,
 * api, daemon. Each has a door, its index.ts, that says what it is for.
 */
export { ApiError, type ApiErrorCode } from "./api/index.js";
export {
  type Config,
  configJsonSchema,
  defaultConfig,
  exampleConfig,
  formatProblem,
  type Limits,
  type LogSettings,
  MAX_CONFIG_BYTES,
  type ParseResult,
  type Problem,
  parseConfig,
} from "./config/index.js";
export {
  type Daemon,
  type DaemonOptions,
  type LogDestination,
  startDaemon,
} from "./daemon/index.js";
