// SPDX-License-Identifier: GPL-3.0-or-later

// The logger: JSON lines for machines, words for a terminal, and nothing below its level.

import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { LogSettings } from "../../../server/src/config/index.js";
import { createLogger } from "../../../server/src/daemon/logging.js";

const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;

function logWith(settings: LogSettings, isTTY?: boolean): string {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const logger = createLogger(
    settings,
    Object.assign(stream, isTTY === undefined ? {} : { isTTY }),
  );
  for (const level of LEVELS)
    logger[level](`at ${level}`, { count: 3, name: "x", none: undefined });
  logger.error("alone");
  return lines.join("");
}

const parsed = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

describe("createLogger", () => {
  it("writes a line of JSON for each message, with its fields and the time, and no more", () => {
    const lines = parsed(logWith({ level: "trace", format: "json" }, true));
    expect(lines.map(({ msg }) => msg)).toEqual([...LEVELS.map((level) => `at ${level}`), "alone"]);
    expect(lines[2]).toEqual({
      level: 30,
      time: expect.any(String),
      count: 3,
      name: "x",
      msg: "at info",
    });
    expect(new Date(String(lines[0]?.["time"])).getTime()).toBeGreaterThan(Date.UTC(2025, 0));
    // Nothing of the machine: no host name, no process number.
    expect(Object.keys(lines.at(-1) ?? {}).sort()).toEqual(["level", "msg", "time"]);
  });

  it("writes nothing below its level", () => {
    for (const [i, level] of LEVELS.entries()) {
      const lines = parsed(logWith({ level, format: "json" }));
      expect(lines).toHaveLength(LEVELS.length - i + 1);
    }
    expect(logWith({ level: "silent", format: "json" })).toBe("");
  });

  it("writes words on a terminal, and JSON elsewhere, unless it is told which", () => {
    const isJson = (text: string): boolean => text.startsWith("{");
    expect(isJson(logWith({ level: "info", format: "auto" }, true))).toBe(false);
    expect(isJson(logWith({ level: "info", format: "auto" }, false))).toBe(true);
    expect(isJson(logWith({ level: "info", format: "auto" }))).toBe(true);
    expect(isJson(logWith({ level: "info", format: "json" }, true))).toBe(true);
    const words = logWith({ level: "info", format: "pretty" });
    expect(words).toContain("at warn");
    expect(words).toContain("count: 3");
    // Colours are for terminals.
    expect(words).not.toContain("\u001b[");
    expect(logWith({ level: "info", format: "pretty" }, true)).toContain("\u001b[");
  });
});
