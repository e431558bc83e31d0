// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Service: what applications may ask of a daemon, in the client package's own terms. Programs in
 * the daemon's process use it as it is; the API serves it to all others.
 */
export { NodeError } from "@inet256/client";
export { type NodeStatus, type Opening, PATIENCE_MS, type Reader } from "../node/index.js";
export type { PeerStatus } from "../peers/index.js";
export type { Control, NetworkStatus } from "./control.js";
export { refusalError } from "./errors.js";
export { type PingOptions, type PingResult, SMALLEST_PING_BYTES } from "./pings.js";
export type { TracedStop, TraceOptions } from "./probes.js";
export type { RouteExplanation, RouteStatus } from "./routes.js";
export {
  createService,
  type DaemonService,
  type RunningService,
  type ServiceOptions,
  type ServiceStatus,
  type SessionSummary,
} from "./service.js";
