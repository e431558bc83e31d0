// SPDX-License-Identifier: GPL-3.0-or-later

// Texts made to hurt: each is refused with a problem, none ends the process or takes for ever.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  MAX_ALIASES,
  MAX_DEPTH,
  MAX_PEERS,
  MAX_PROBLEMS,
} from "../../../server/src/config/constants.js";
import {
  formatProblem,
  MAX_CONFIG_BYTES,
  type ParseResult,
} from "../../../server/src/config/index.js";
import { exampleConfig, parseConfig } from "./bound.js";

const read = (text: string): ParseResult => parseConfig(text, { file: "f" });

function lines(text: string): readonly string[] {
  const result = read(text);
  return result.ok ? [] : result.problems.map(formatProblem);
}

/** What holds for every text. */
function checkSane(text: string): void {
  const result = read(text);
  if (result.ok) return;
  expect(result.problems.length).toBeGreaterThan(0);
  expect(result.problems.length).toBeLessThanOrEqual(MAX_PROBLEMS + 1);
  const last = text.split("\n").length;
  let before = { line: 0, column: 0 };
  for (const { line, column, message } of result.problems) {
    expect(line).toBeGreaterThanOrEqual(Math.max(1, before.line));
    if (line === before.line) expect(column).toBeGreaterThanOrEqual(before.column);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(last);
    expect(message).not.toBe("");
    before = { line, column };
  }
}

describe("the size of a text", () => {
  it("may be the bound and no byte more", () => {
    const fits = `#${"x".repeat(MAX_CONFIG_BYTES - 1)}`;
    expect(read(fits).ok).toBe(true);
    expect(lines(`${fits}x`)).toEqual([
      "f:1:1: the file is too large, expected at most 1048576 bytes",
    ]);
  });

  it("is counted in bytes", () => {
    expect(read(`#${"é".repeat(MAX_CONFIG_BYTES / 2)}`).ok).toBe(false);
  });
});

describe("nesting", () => {
  const deep = (levels: number): string => `x: ${"[".repeat(levels)}${"]".repeat(levels)}\n`;

  it("may be the bound and no level more", () => {
    expect(lines(deep(MAX_DEPTH - 1))).toEqual([expect.stringContaining("unknown key")]);
    expect(lines(deep(MAX_DEPTH))).toEqual([
      `f:1:${3 + MAX_DEPTH}: nested too deeply, expected at most ${MAX_DEPTH} levels`,
    ]);
  });

  // Without the bound ten times as many of some of these end the whole process: the composer recurses.
  it.each(["[", "{a: ", "- ", "? ", ": ", "[[a]: "])("of 20,000 times %j is refused", (opening) => {
    expect(lines(opening.repeat(20_000))).toEqual([
      expect.stringMatching(/^f:1:\d+: nested too deeply, expected at most 32 levels$/),
    ]);
  });
});

describe("aliases", () => {
  const list = (count: number): string => `x: [&a 1${", *a".repeat(count)}]\n`;

  it("may be as many as the bound and no more", () => {
    expect(lines(list(MAX_ALIASES))).toEqual([expect.stringContaining("unknown key")]);
    expect(lines(list(MAX_ALIASES + 1))).toEqual([
      expect.stringMatching(
        /^f:1:\d+: x\[101\]: too many aliases \(\*name\), expected at most 100$/,
      ),
    ]);
  });

  it("do not multiply", () => {
    const levels = Array.from({ length: 10 }, (_, level) => {
      const items =
        level === 0
          ? "x"
          : Array(9)
              .fill(`*l${level - 1}`)
              .join(", ");
      return `l${level}: &l${level} [${items}]\n`;
    });
    expect(lines(`${levels.join("")}log: *l9\n`).at(-1)).toMatch(/found a list/);
  });
});

describe("many problems", () => {
  it("are counted beyond the bound", () => {
    const text = Array.from({ length: 5_000 }, (_, index) => `k${index}: 1\n`).join("");
    expect(lines(text)).toHaveLength(MAX_PROBLEMS + 1);
    expect(lines(text).at(-1)).toBe("f:101:1: 4900 more problems from here on");
  });

  it.each(["]", "a: ", "&a ", "a: 1\n", "\t", "%x\n", "\0", "\uFFFD", '"', "'", "`", "- -\n"])(
    "of 5,000 times %j are bounded",
    (part) => checkSane(part.repeat(5_000)),
  );
});

describe("many peers", () => {
  const id = (index: number): string => `${index.toString(36).padStart(42, "_")}-`;
  const peers = (count: number): string =>
    `peers:\n${Array.from({ length: count }, (_, index) => `- id: ${id(index)}\n`).join("")}`;

  it("may be the bound and no peer more", () => {
    expect(read(peers(MAX_PEERS)).ok).toBe(true);
    expect(lines(peers(MAX_PEERS + 1))).toEqual(["f:2:1: peers: too many, expected at most 10000"]);
  });

  it("of nothing are bounded", () => checkSane(`peers:\n${"-\n".repeat(100_000)}`));
  it("of one id are bounded", () => {
    checkSane(`peers:\n${`- id: ${id(0)}\n`.repeat(20_000)}`);
  });
});

describe("any text", () => {
  const runs = { numRuns: 1_000 };

  it("is read or has problems: at random", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), checkSane), runs);
  });

  it("is read or has problems: of what YAML is made of", () => {
    const token = fc.constantFrom(
      ..."\n|\n  |\t|: |- |? |, |[|]|{|}|#|&a |*a|!t |!!int |'|\"|\\|||>|%|@|---\n|...\n|~|\r\n|\uFEFF|<<|",
      "log",
      "limits",
      "nodes",
      "crypto",
      "level",
      "network",
      "transports",
      "peers",
      "type",
      "addrs",
      "id",
      "udp",
      "flood",
      "__proto__",
      "1",
      "1.5",
      ".nan",
      "4MiB",
      "info",
      "null",
    );
    const text = fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(""));
    fc.assert(fc.property(text, checkSane), runs);
  });

  it("is read or has problems: the example, mutated", () => {
    const example = exampleConfig().replace(/^( *)#(?! )/gm, "$1");
    const cut = fc.record({
      at: fc.nat(example.length),
      remove: fc.nat(12),
      insert: fc.oneof(
        fc.string({ unit: "binary", maxLength: 4 }),
        fc.constantFrom("\n", "  ", "\t", ": ", "[", "}", "*a", "&a ", "- ", "'", '"', "0", "-"),
      ),
    });
    const text = fc.array(cut, { minLength: 1, maxLength: 6 }).map((cuts) =>
      cuts.reduce((whole, { at, remove, insert }) => {
        return whole.slice(0, at) + insert + whole.slice(at + remove);
      }, example),
    );
    fc.assert(fc.property(text, checkSane), runs);
  });

  it("gives the same answer twice", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        expect(read(text)).toEqual(read(text));
      }),
    );
  });
});
