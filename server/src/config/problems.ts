// SPDX-License-Identifier: GPL-3.0-or-later

// What is wrong with a configuration, and where. Guards rule P3: a problem never shows a value,
// only keys, and of those only what reads like a name; anything else may be a secret gone astray.

import { MAX_PROBLEMS } from "./constants.js";

/** One thing that is wrong with a configuration. */
export interface Problem {
  /** The file as the caller named it. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
  /** Column in UTF-16 code units, from 1; a byte order mark does not count. */
  readonly column: number;
  /** The key, for example `limits.nodes`; empty for what concerns no single key. */
  readonly path: string;
  /** What is wrong and what was expected; never the value that was found. */
  readonly message: string;
}

/** Keys and indices from the top of a text to a place in it. */
export type Path = readonly (string | number)[];

/** A problem before its place is counted out in lines. */
export interface Finding {
  /** UTF-16 code units from the start of the text. */
  readonly offset: number;
  readonly path: Path;
  readonly message: string;
  /** Where the other half of a conflict is, whose line the message then names. */
  readonly earlier?: number;
}

const NAME = /^(?=.{1,32}$)[A-Za-z][A-Za-z_-]*\d{0,2}[A-Za-z_-]*$/;

/**
 * Whether a key reads like a name, and so may be shown: 1 to 32 letters, `_` or `-` with at most
 * two digits in one place. Encoded secrets are longer or have digits all over.
 */
export function isName(key: string): boolean {
  return NAME.test(key);
}

/** Writes a path, `peers[0].addrs`; a key that does not read like a name becomes `?`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += `${text === "" ? "" : "."}${isName(step) ? step : "?"}`;
  }
  return text;
}

/** `file:line:column: path: what is wrong, what was expected`; without the path where it is empty. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, path, message } = problem;
  return `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${message}`;
}

/**
 * Puts findings in the order of the text, keeps the first on each key at a place (the others
 * follow from it), and says where they are. Bounded by MAX_PROBLEMS.
 */
export function toProblems(
  findings: readonly Finding[],
  text: string,
  file: string,
): readonly Problem[] {
  const sorted = [...findings].sort((a, b) => a.offset - b.offset);
  const distinct = sorted.filter((finding, i) => !isSame(finding, sorted[i - 1]));
  const shown = distinct.slice(0, MAX_PROBLEMS);
  const next = distinct[MAX_PROBLEMS];
  if (next !== undefined) {
    const message = `${distinct.length - MAX_PROBLEMS} more problems from here on`;
    shown.push({ offset: next.offset, path: [], message });
  }
  return shown.map(({ offset, path, message, earlier }) => ({
    file,
    ...positionAt(text, offset),
    path: formatPath(path),
    message:
      earlier === undefined
        ? message
        : `${message}; first on line ${positionAt(text, earlier).line}`,
  }));
}

function isSame(finding: Finding, other: Finding | undefined): boolean {
  return finding.offset === other?.offset && formatPath(finding.path) === formatPath(other.path);
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf("\n"); end !== -1 && end < offset; end = text.indexOf("\n", start)) {
    line++;
    start = end + 1;
  }
  return { line, column: offset - start + 1 };
}
