// SPDX-License-Identifier: GPL-3.0-or-later

/** Why a message was not accepted, or an opening ended. Names of the API's closed set of reasons. */
export type Refusal =
  | "MESSAGE_TOO_LARGE"
  | "NO_SUCH_ADDRESS"
  | "DISPLACED"
  | "NODE_CLOSED"
  | "NODE_DROPPED";

/** Why a node cannot be opened. */
export type OpenRefusal = "KEY_IN_USE_BY_DAEMON" | "LIMIT_NODES" | "UNSUPPORTED_OPTION";
