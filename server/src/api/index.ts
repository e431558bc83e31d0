// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * API: what other processes reach the daemon by. Listener, gRPC handlers, the hot codec's use,
 * limits and session tokens; no logic of its own. Start with api.ts; connect.ts is the data path.
 */
export type { AccessSettings } from "./access.js";
export { type AccessKey, findAccessFaults } from "./access-files.js";
export { type Api, type ApiOptions, startApi } from "./api.js";
export type { CallerLimits } from "./callers.js";
export { ApiError, type ApiErrorCode } from "./errors.js";
export type { ApiStatus } from "./status-message.js";
