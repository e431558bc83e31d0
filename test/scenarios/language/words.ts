// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The words of one line, taken one after the other. What it guards: whatever does not fit is an
 * error that names the file, the line, what was expected and what stands there.
 */
import { parseBytes, parseDuration, parseShare } from "./quantities.js";
import { type ScenarioError, wrong } from "./scenario-error.js";

/** The words of one line. */
export interface Words {
  /** Where it stands, for what goes wrong later. */
  readonly file: string;
  readonly line: number;
  /** The next word, which stays; undefined at the end of the line. */
  readonly next: string | undefined;
  /** Takes the next word if it is this one. */
  skip(word: string): boolean;
  /** Takes these words, which must be the next ones. */
  must(...words: readonly string[]): void;
  /** Takes one of these. */
  oneOf<T extends string>(what: string, options: readonly T[]): T;
  /** Takes a name that is known: `unknown daemon x, expected one of a, b`. */
  known(kind: string, names: Iterable<string>): string;
  /** Takes known names for as long as what follows looks like a name and is no word of `until`. */
  knownList(kind: string, names: Iterable<string>, until?: readonly string[]): readonly string[];
  /** Takes a name that is not known yet. */
  fresh(kind: string, names: Iterable<string>): string;
  /** Takes a word of this form. */
  word(what: string, form: RegExp): string;
  /** Takes `20ms`, `1.5s`, `2m`, `1h`, `3d`, `1y`: milliseconds. */
  duration(): number;
  /** Takes `2%`: from 0 to 1. */
  share(): number;
  /** Takes `100B`, `16kB`, `1MB`: bytes. */
  bytes(): number;
  /** Takes a whole number from 1. */
  count(): number;
  /** Nothing may follow. */
  end(): void;
  /** What to throw. */
  wrong(what: string): ScenarioError;
}

const NAME = /^[a-z][a-z0-9-]*$/;

/** The words of a line, all of them to come. */
export function createWords(file: string, line: number, text: string): Words {
  const words = text.trim().split(/\s+/);
  let at = 0;
  const fail = (what: string): ScenarioError => wrong(file, line, what);
  const got = (): string => words[at] ?? "the end of the line";
  const take = (what: string): string => {
    const word = words[at];
    if (word === undefined) throw fail(`expected ${what}, got the end of the line`);
    at += 1;
    return word;
  };
  const parsed = <T>(what: string, parse: (word: string) => T | undefined): T => {
    const value = parse(words[at] ?? "");
    if (value === undefined) throw fail(`expected ${what}, got ${got()}`);
    at += 1;
    return value;
  };
  const self: Words = {
    file,
    line,
    get next() {
      return words[at];
    },
    skip(word) {
      if (words[at] !== word) return false;
      at += 1;
      return true;
    },
    must(...expected) {
      for (const word of expected) {
        if (!self.skip(word)) throw fail(`expected ${word}, got ${got()}`);
      }
    },
    oneOf(what, options) {
      const found = options.find((option) => option === words[at]);
      if (found === undefined) throw fail(`expected ${what}: ${options.join(", ")}, got ${got()}`);
      at += 1;
      return found;
    },
    known(kind, names) {
      const name = take(`a ${kind}`);
      const list = [...names];
      if (list.includes(name)) return name;
      const expected =
        list.length === 0 ? "there is none yet" : `expected one of ${list.join(", ")}`;
      throw fail(`unknown ${kind} ${name}, ${expected}`);
    },
    knownList(kind, names, until = []) {
      const list: string[] = [];
      for (;;) {
        const word = words[at];
        if (word === undefined || !NAME.test(word) || until.includes(word)) return list;
        list.push(self.known(kind, names));
      }
    },
    fresh(kind, names) {
      const name = take(`a name for a ${kind}`);
      if (!NAME.test(name)) throw fail(`expected a name like a or router-1, got ${name}`);
      if ([...names].includes(name)) throw fail(`there is a ${kind} ${name} already`);
      return name;
    },
    word: (what, form) => parsed(what, (word) => (form.test(word) ? word : undefined)),
    duration: () => parsed("a duration like 20ms, 5s or 1h", parseDuration),
    share: () => parsed("a share like 2%", parseShare),
    bytes: () => parsed("a size like 100B or 16kB", parseBytes),
    count: () => parsed("a number", (word) => (/^[1-9]\d*$/.test(word) ? Number(word) : undefined)),
    end() {
      if (at < words.length) throw fail(`expected the end of the line, got ${got()}`);
    },
    wrong: fail,
  };
  return self;
}
