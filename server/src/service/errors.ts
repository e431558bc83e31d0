// SPDX-License-Identifier: GPL-3.0-or-later

/** What went wrong in a room below, as the NodeError that applications know. */
import { NodeError } from "@inet256/client";
import type { OpenRefusal, Refusal } from "../node/index.js";

const WORDS: Readonly<Record<Refusal | OpenRefusal, string>> = {
  MESSAGE_TOO_LARGE: "a message has at most 65535 bytes",
  NO_SUCH_ADDRESS: "the network knows no such address",
  DISPLACED:
    "the key is open at another daemon too, and newer there: only nodes of this daemon are reached",
  NODE_CLOSED: "the node has been closed",
  NODE_DROPPED: "the node was dropped by somebody who has its key",
  KEY_IN_USE_BY_DAEMON: "this is the daemon's own key, which applications cannot open or drop",
  LIMIT_NODES: "no further node can be opened: the limit of open nodes is reached",
  UNSUPPORTED_OPTION: "an option cannot be honoured",
};

/** A refusal with words for people. */
export function refusalError(reason: Refusal | OpenRefusal): NodeError {
  return new NodeError(reason, WORDS[reason]);
}
