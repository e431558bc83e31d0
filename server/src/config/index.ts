// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Config: YAML text in, a frozen, typed Config or problems with line and column out, and the
 * example to begin from. Does no I/O: who calls reads the file. Guards that a Config keeps every
 * bound of its schema, and that no problem shows a value (rule P3).
 *
 * A key is added in schema.ts (or its section's own file) and config.ts; its check, its place in
 * the example and its entry in the editors' schema follow from there. The way of a text: parse.ts,
 * which asks yaml-text.ts for a plain value, schema.ts whether it holds, problems.ts where not.
 */
export type {
  ApiSettings,
  Config,
  Limits,
  ListenSettings,
  LogSettings,
  MetricsSettings,
  NetworkSettings,
  PeerSettings,
  TransportSettings,
} from "./config.js";
export { MAX_CONFIG_BYTES, MAX_PEERS } from "./constants.js";
export { withoutPeer, withPeer } from "./edit-peers.js";
export { exampleConfig } from "./example.js";
export type { NetworkKind, NetworkKinds } from "./network-schema.js";
export {
  defaultConfig,
  type Fault,
  type ParseResult,
  type ParseSettings,
  parseConfig,
} from "./parse.js";
export { checkPeer } from "./peers-schema.js";
export { formatProblem, type Problem } from "./problems.js";
export { configJsonSchema } from "./schema.js";
