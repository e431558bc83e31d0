// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Node: the identities that are open at this daemon, and the messages between them and with all
 * others. Two nodes at one daemon talk without leaving the process and without cryptography, for
 * the daemon holds both keys anyway. Start with nodes.ts, the table; local-node.ts is one identity,
 * opening.ts one opening of it, elsewhere.ts the way to remote identities and from them.
 */
export { attachmentOf } from "./attachment.js";
export { MTU, PATIENCE_MS } from "./constants.js";
export type { NodeCounters } from "./counters.js";
export type { Reader } from "./local-node.js";
export {
  createNodes,
  type NodeStatus,
  type Nodes,
  type NodesOptions,
  type OpenWish,
} from "./nodes.js";
export type { Opening } from "./opening.js";
export { PING_MAGIC } from "./ping.js";
export type { OpenRefusal, Refusal } from "./refusal.js";
