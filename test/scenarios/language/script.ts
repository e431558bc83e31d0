// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A scenario's text: lines that are steps, comments (`#`) and blank lines, and observations
 * (`| `), which are not read but written anew. Invariant: a text that was rendered, parsed and
 * rendered again with the same observations is the same text.
 */
import type { Stage } from "../stage/stage.js";
import { wrong } from "./scenario-error.js";
import { createWords, type Words } from "./words.js";

/** Does what a line says. */
export type Act = (stage: Stage) => void | Promise<void>;

/** What has been named so far, in the order of the lines. */
export interface Names {
  readonly daemons: string[];
  readonly nodes: string[];
  readonly nats: string[];
  /** `a b`, in the order of the alphabet. */
  readonly links: Set<string>;
  /** Which NAT a daemon is behind. */
  readonly behind: Map<string, string>;
  /** Those that may become hostile. */
  readonly hostile: string[];
  /** Where nodes were opened: `anna@a`. */
  readonly openings: Set<string>;
  started: boolean;
}

/** A verb of the language. */
export interface Verb {
  /** One line: how it is written. */
  readonly usage: string;
  /** When it may stand: before the network is there, before the first start, after it, or always. */
  readonly when: "first" | "before" | "after" | "always";
  /** Takes the words after the verb. */
  parse(words: Words, names: Names): Act;
}

/** A line that stays. */
export interface Line {
  readonly number: number;
  readonly text: string;
  /** Undefined for a comment or a blank line. */
  readonly act: Act | undefined;
}

const OBSERVATION = "|";
const COMMENT = "#";

/** Parses a scenario. Throws ScenarioError for the first line that is wrong. */
export function parseScript(
  file: string,
  text: string,
  verbs: Readonly<Record<string, Verb>>,
): readonly Line[] {
  const names = createNames();
  let isFirst = true;
  const parse = (line: string, number: number): Act => {
    const words = createWords(file, number, line);
    const verb = words.oneOf("a verb", Object.keys(verbs));
    const { when, parse: parseRest, usage } = verbs[verb] ?? raise(file, number, verb);
    const after = (what: string) => wrong(file, number, `${verb}: ${what}`);
    if (isFirst !== (when === "first")) throw after("the first step is the network, and only that");
    if (when === "before" && names.started) throw after("stands before the first start");
    if (when === "after" && !names.started) throw after("stands after the first start");
    isFirst = false;
    try {
      const act = parseRest(words, names);
      words.end();
      return act;
    } catch (error) {
      if (error instanceof Error) error.message += ` (${usage})`;
      throw error;
    }
  };
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line, i) => ({ line: line.trimEnd(), number: i + 1 }))
    .filter(({ line }) => !line.startsWith(OBSERVATION))
    .map(({ line, number }) => {
      const isStep = line !== "" && !line.startsWith(COMMENT);
      return { number, text: line, act: isStep ? parse(line, number) : undefined };
    });
}

/** The text of lines, each followed by what was observed after it. */
export function renderScript(
  lines: readonly { readonly text: string; readonly observed: readonly string[] }[],
): string {
  const all = lines.flatMap(({ text, observed }) => [
    text,
    ...observed.map((each) => `${OBSERVATION} ${each}`),
  ]);
  return `${all.join("\n")}\n`;
}

/** Nothing has been named. */
function createNames(): Names {
  return {
    daemons: [],
    nodes: [],
    nats: [],
    links: new Set(),
    behind: new Map(),
    hostile: [],
    openings: new Set(),
    started: false,
  };
}

function raise(file: string, number: number, verb: string): never {
  throw wrong(file, number, `${verb} is not known`);
}
