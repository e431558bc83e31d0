// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Link: one neighbour, a secure channel over any of its transport addresses. It carries packets
 * (unreliable, up to 69,632 bytes, over datagrams of 1,200 and more) and control messages (reliable,
 * in order). What it guards: nothing passes before the neighbour has named our network, traffic
 * goes only to addresses that have answered, and every queue is bounded, with a counter for what
 * it drops. Start with link.ts, the port, and create-link.ts, which puts the parts together; every
 * frame on the wire has its file in frames/.
 */
export { type BatchPool, createBatchPool } from "./batch-pool.js";
export { MAX_CONTROL_BYTES, MAX_PACKET_BYTES, NETWORK_TAG_BYTES } from "./constants.js";
export { createLink } from "./create-link.js";
export { type CloseReason, encodeRefusal } from "./frames/close-frame.js";
export type {
  DownReason,
  Link,
  LinkOptions,
  LinkOwner,
  LinkQuality,
  LinkStats,
  PathStats,
} from "./link.js";
export type { LinkCounters } from "./link-counters.js";
export { createLinkLayer, type LinkLayer, type LinkLayerOptions } from "./link-layer.js";
export type { PathKind } from "./path.js";
