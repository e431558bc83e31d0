// SPDX-License-Identifier: GPL-3.0-or-later

/** Daemon: the composition root. Everything else is a room that knows only those below it. */
export { type Daemon, type DaemonOptions, startDaemon } from "./daemon.js";
export type { LogDestination } from "./logging.js";
