// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Core: what every other room stands on. Ports for time, randomness and logging with their one
 * adapter to the machine, the heap of deadlines, and bounded containers. Knows nothing of INET256.
 */
export { type AddressMap, addressWords, createAddressMap, sameAddress } from "./address-map.js";
export { type Budget, createBudget } from "./budget.js";
export type { Clock, MachineTurns, Timer, Turns } from "./clock.js";
export {
  createDatagramRing,
  type DatagramRing,
  RECORD_OVERHEAD_BYTES,
  type TakeDatagram,
} from "./datagram-ring.js";
export { createDeadline, createDeadlines, type Deadline, type Deadlines } from "./deadlines.js";
export {
  readU16,
  readU32,
  readU64,
  writeU16,
  writeU32,
  writeU64,
} from "./little-endian.js";
export {
  isLogLevel,
  LOG_LEVELS,
  type LogFields,
  type Logger,
  type LogLevel,
  silentLogger,
} from "./logger.js";
export { createLru, type Lru } from "./lru.js";
export type { Random } from "./random.js";
export { createSystemTimer, createSystemTurns, systemClock, systemRandom } from "./system.js";
export { createTokenBucket, type TokenBucket } from "./token-bucket.js";
