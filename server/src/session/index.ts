// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Session: end-to-end secrecy between a node here and a remote identity, a channel over the
 * network for each pair. What it guards: a message is handed over unaltered, at most once, and with
 * its true source (O1, M1); it is sealed once; what waits is bounded in bytes and time (S13); and
 * nothing of a node survives its end (O3). Start with sessions.ts, then create-sessions.ts.
 */
export { DEFAULT_LIMITS, MAX_MESSAGE_BYTES, type SessionLimits } from "./constants.js";
export type { SessionCounters } from "./counters.js";
export { createSessions } from "./create-sessions.js";
export type {
  SendOutcome,
  SessionStats,
  Sessions,
  SessionsOptions,
  SessionsSink,
} from "./sessions.js";
