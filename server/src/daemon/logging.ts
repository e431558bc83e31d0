// SPDX-License-Identifier: GPL-3.0-or-later

/** The daemon's logger: pino behind core's port, as JSON lines or in words for a terminal. */
import { pino } from "pino";
import { PinoPretty } from "pino-pretty";
import type { LogSettings } from "../config/index.js";
import type { LogFields, Logger, LogLevel } from "../core/index.js";

/** Where lines go. */
export type LogDestination = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** A logger that can be made louder and quieter. */
export interface AdjustableLogger extends Logger {
  level: LogLevel;
}

/** Makes the logger. `auto` means words on a terminal and JSON elsewhere. */
export function createLogger(settings: LogSettings, destination: LogDestination): AdjustableLogger {
  const pretty =
    settings.format === "pretty" || (settings.format === "auto" && destination.isTTY === true);
  const options = { level: settings.level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const log = pretty
    ? pino(options, PinoPretty({ destination, sync: true, colorize: destination.isTTY === true }))
    : pino(options, destination);
  const at =
    (level: Exclude<LogSettings["level"], "silent">) =>
    (message: string, fields?: LogFields): void =>
      log[level](fields ?? {}, message);
  return {
    get level() {
      return log.level as LogLevel;
    },
    set level(level) {
      log.level = level;
    },
    trace: at("trace"),
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  };
}
