// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Perf: the measuring core of `inet256 perf`, for benchmarks too. Measures through the Node
 * interface and nothing else, so whatever implements it can be measured.
 *
 * messages.ts has the layout of what is sent; server.ts is the other end; one-way.ts counts what
 * arrives, echo.ts times what comes back; pump.ts and window.ts do the sending.
 */
export { type EchoOptions, measureEcho } from "./echo.js";
export { createHistogram, type Histogram } from "./histogram.js";
export { HEADER_BYTES } from "./messages.js";
export { measureOneWay, type OneWayOptions } from "./one-way.js";
export type {
  EchoResult,
  LiveCounts,
  OneWayResult,
  PerfResult,
  Report,
  RttMicros,
} from "./results.js";
export { type PerfServerEvents, servePerf } from "./server.js";
