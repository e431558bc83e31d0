// SPDX-License-Identifier: GPL-3.0-or-later

/** How loud a log can be, from everything to nothing. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;

/** How loud a line is. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Whether a word is one of LOG_LEVELS. */
export function isLogLevel(word: string): word is LogLevel {
  return LOG_LEVELS.some((level) => level === word);
}

/** What may stand beside a message. Keys, tokens and payloads never do (rule P3). */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes structured lines: the message says what, the fields say which and how many. */
export interface Logger {
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const ignore = (): void => {};

/** Writes nothing. */
export const silentLogger: Logger = {
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
};
