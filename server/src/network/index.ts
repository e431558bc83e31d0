// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Network: which neighbour is next. Packets between addresses over the links of `peers`, by a
 * routing algorithm that is a plug-in. What it guards: nobody becomes the end point of an address
 * without its key and a router's own consent (R1 to R4), and no packet makes us ask for anything
 * (M1). Start with network.ts, the port for the rooms above, and router.ts, the port for
 * algorithms; driver.ts joins the two, registry.ts names the algorithms.
 */
export {
  type Algorithm,
  type AlgorithmSpec,
  type ConfiguredAlgorithm,
  defineAlgorithm,
  networkTag,
} from "./algorithm.js";
export type { NetworkCounters } from "./counters.js";
export { createNetwork, type NetworkOptions, type RunningNetwork } from "./driver.js";
export { headerLength, SOURCE_AT, writeHeader } from "./header.js";
export {
  type Attachment,
  type Found,
  HEADROOM_BYTES,
  type Network,
  type NetworkSink,
  type Reach,
} from "./network.js";
export { findAlgorithm, listAlgorithms } from "./registry.js";
export {
  type Explanation,
  FROM_LOCAL,
  type Router,
  type RouterCounters,
  type RouterEnvironment,
  type RouterSink,
  TO_LOCAL,
  type Way,
} from "./router.js";
