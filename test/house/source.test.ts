// SPDX-License-Identifier: GPL-3.0-or-later

// Reading a source without a compiler: what is an import, what only looks like one.

import { describe, expect, it } from "vitest";
import { blank, importsOf, linesWith } from "./source.js";

describe("reading a source", () => {
  const source = (text: string) => ({ path: "a.ts", text });

  it("finds imports of every kind, on their lines", () => {
    const text = [
      'import { a } from "one";',
      "import type { b } from 'two';",
      'export * from "three";',
      "import {",
      "  c,",
      '} from "four";',
      'import "five";',
      'const d = await import("six");',
      'const e = require("seven");',
      'type F = typeof import("eight");',
      'import g from "nine"; export { h } from "ten";',
      "const i = import(`eleven`);",
    ].join("\n");
    expect(importsOf(source(text)).map(({ module, line }) => `${line} ${module}`)).toEqual([
      "1 one",
      "2 two",
      "3 three",
      "6 four",
      "7 five",
      "8 six",
      "9 seven",
      "10 eight",
      "11 nine",
      "11 ten",
      "12 eleven",
    ]);
  });

  it("is not taken in by comments, texts, templates and regular expressions", () => {
    const text = [
      '// import "no";',
      '/* import "no"; */ import "yes";',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a source.
      "const a = `${f(`// ${g({ b: 1 })}`)} /* `;",
      'import "yes too";',
      "const c = /[/\"'`]\\//.test(d) ? e / f : 'it''s';",
      'import "and yes";',
      "const g = h / 2; // import 'no'",
    ].join("\n");
    expect(importsOf(source(text)).map(({ module }) => module)).toEqual([
      "yes",
      "yes too",
      "and yes",
    ]);
    expect(linesWith(source(text), /\bg\(/)).toEqual([[3, "g("]]);
    expect(linesWith(source(text), /\bno\b/)).toEqual([]);
    expect(blank(text, false).split("\n").length).toBe(7);
    expect(blank(text, false).length).toBe(text.length);
  });
});
