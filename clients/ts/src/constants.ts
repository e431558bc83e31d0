// SPDX-License-Identifier: Apache-2.0

/** The limits of the client, each with its unit and what happens at it. */

/** Bytes of messages handed to `trySend` and not yet written; beyond it trySend answers false. */
export const UNWRITTEN_BYTES = 1024 * 1024;
/** Bytes of messages whose `send` waits for room; beyond it send rejects with LIMIT_BYTES. */
export const WAITING_BYTES = 16 * 1024 * 1024;
/** Bytes of messages that arrived and were not read; beyond it the oldest are lost, counted. */
export const INBOX_BYTES = 8 * 1024 * 1024;
/** Milliseconds without a daemon after which unwritten messages fail with UNAVAILABLE. */
export const OUTAGE_MS = 10_000;
/** Milliseconds between attempts to reach a daemon that is away: the first, and at most. */
export const RECONNECT_FIRST_MS = 50;
/** See RECONNECT_FIRST_MS. */
export const RECONNECT_MOST_MS = 500;
/** Nodes that are reopened at the same time after a daemon came back. */
export const REOPEN_AT_ONCE = 128;
/** Milliseconds that `close` waits for what was sent to be written and the daemon to agree. */
export const CLOSE_MS = 2_000;
/** The longest a lookup waits for the network, in milliseconds, unless the caller gives up first. */
export const LOOKUP_MS = 10_000;
/** Milliseconds between attempts to reopen a node that the daemon refused for now: the first. */
export const REOPEN_FIRST_MS = 100;
/** See REOPEN_FIRST_MS: at most. */
export const REOPEN_MOST_MS = 5_000;
