// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The command inet256 as a library: its command line, and its measuring core for benchmarks.
 * Begin at program.ts, which lists the commands; each is a file in commands/.
 */
export * from "./perf/index.js";
export { createProgram, run } from "./program.js";
export type { Input, Output, Terminal, World } from "./world.js";
