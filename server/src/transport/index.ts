// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Transport: bytes to and from addresses, unreliably, with nothing known of what they mean. What it
 * guards: every implementation passes one contract suite, so that a link cannot tell them apart.
 * Start with transport.ts, the port.
 */
export { TransportError, type TransportErrorCode } from "./errors.js";
export {
  createMemoryMedium,
  createMemoryTransport,
  type MemoryTransportOptions,
} from "./memory.js";
export type { MemoryMedium } from "./memory-ends.js";
export type {
  Transport,
  TransportAddress,
  TransportCounters,
  TransportSink,
} from "./transport.js";
export { createUdpTransport, type UdpTransport, type UdpTransportOptions } from "./udp.js";
