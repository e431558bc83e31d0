// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Reads TypeScript as far as the house rules need: which modules a source imports, and on which
 * line, and its code without comments and texts. TypeScript 7 has no compiler API to ask.
 */

/** One source file. */
export interface Source {
  /** Its path from the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** One import: static, dynamic or re-exported. */
export interface Import {
  /** What stands between the quotes. */
  readonly module: string;
  readonly line: number;
}

/** A source with its comments, and perhaps its texts, replaced by spaces; lines stay. */
export function blank(text: string, keepTexts: boolean): string {
  let out = "";
  let at = 0;
  // Open template literals: how deep the braces of their `${` are.
  const templates: number[] = [];
  let braces = 0;
  const spaces = (from: number, to: number): string => text.slice(from, to).replace(/[^\n]/g, " ");
  const skip = (end: number, keep: boolean): void => {
    const to = Math.min(end, text.length);
    out += keep ? text.slice(at, to) : spaces(at, to);
    at = to;
  };
  while (at < text.length) {
    const char = text[at];
    const two = text.slice(at, at + 2);
    if (two === "//") skip(endOf(text, at, "\n"), false);
    else if (two === "/*") skip(endOf(text, at + 2, "*/") + 2, false);
    else if (char === '"' || char === "'") skip(endOfText(text, at), keepTexts);
    else if (char === "`" || (char === "}" && templates.at(-1) === braces)) {
      if (char === "}") templates.pop();
      const end = endOfTemplate(text, at + 1);
      skip(end, keepTexts);
      if (text.slice(end - 2, end) === "${") templates.push(braces);
    } else if (char === "/" && isRegexPlace(out)) skip(endOfRegex(text, at), keepTexts);
    else {
      if (char === "{") braces += 1;
      if (char === "}") braces -= 1;
      skip(at + 1, true);
    }
  }
  return out;
}

function endOf(text: string, from: number, what: string): number {
  const end = text.indexOf(what, from);
  return end < 0 ? text.length : end;
}

function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== text[start] && text[at] !== "\n") {
    at += text[at] === "\\" ? 2 : 1;
  }
  return at + 1;
}

// Behind the closing quote, or behind the `${` of a piece of code.
function endOfTemplate(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== "`" && text.slice(at, at + 2) !== "${") {
    at += text[at] === "\\" ? 2 : 1;
  }
  return at + (text[at] === "`" ? 1 : 2);
}

function endOfRegex(text: string, start: number): number {
  let inClass = false;
  let at = start + 1;
  for (; at < text.length && text[at] !== "\n"; at++) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "[") inClass = true;
    else if (text[at] === "]") inClass = false;
    else if (text[at] === "/" && !inClass) break;
  }
  return at + 1;
}

// A slash begins a regular expression where no value has just ended.
function isRegexPlace(before: string): boolean {
  const last = /(\breturn|\btypeof|\bcase|[^\s])\s*$/.exec(before)?.[1];
  return last === undefined || last.length > 1 || /[(,=:[!&|?{};+\-*%~^<>]/.test(last);
}

const IMPORT =
  /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*(["'])([^"'\n]+)\1|\bimport\s*\(\s*`([^`]*)`/g;

/** Every module that a source imports, in any way, types included. */
export function importsOf({ text }: Source): readonly Import[] {
  const code = blank(text, true);
  return [...code.matchAll(IMPORT)].map((match) => ({
    module: match[2] ?? match[3] ?? "",
    line: lineAt(code, (match.index ?? 0) + match[0].length),
  }));
}

/** The lines on which the code, comments and texts apart, has a match; 1 is the first. */
export function linesWith(
  { text }: Source,
  pattern: RegExp,
): readonly (readonly [number, string])[] {
  const code = blank(text, false);
  const all = new RegExp(
    pattern.source,
    pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`,
  );
  return [...code.matchAll(all)].map((match) => [lineAt(code, match.index ?? 0), match[0].trim()]);
}

function lineAt(text: string, at: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i >= 0 && i < at; i = text.indexOf("\n", i + 1)) line += 1;
  return line;
}
