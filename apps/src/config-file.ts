// SPDX-License-Identifier: GPL-3.0-or-later

/** A daemon's configuration from a file, or every line of what is wrong with it. */
import type { Config, Problem } from "@inet256/mesh256";
import { readAtMost } from "./files.js";

/** A configuration that cannot be used. */
export class BadConfig extends Error {
  override readonly name = "BadConfig";
  /** What is wrong, in the order of the text; at least one. */
  readonly problems: readonly Problem[];
  /** The same as lines for people and editors: `file:line:column: path: what, expected what`. */
  readonly lines: readonly string[];

  constructor(problems: readonly Problem[], lines: readonly string[]) {
    super("the configuration cannot be used");
    this.problems = problems;
    this.lines = lines;
  }
}

/** Reads a configuration, and looks at the files that its section `api` names. Throws BadConfig, or CommandError when it cannot be read. */
export async function readConfig(file: string): Promise<Config> {
  const { formatProblem, MAX_CONFIG_BYTES, parseConfig } = await import("@inet256/mesh256");
  const text = readAtMost(file, MAX_CONFIG_BYTES).toString("utf8");
  const result = parseConfig(text, { file, look: "files" });
  if (result.ok) return result.config;
  throw new BadConfig(result.problems, result.problems.map(formatProblem));
}
