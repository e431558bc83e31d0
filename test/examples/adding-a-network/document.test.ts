// SPDX-License-Identifier: GPL-3.0-or-later

// docs/adding-a-network.md says what is here: its code is in these files, and its links lead
// somewhere.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const HERE = new URL(".", import.meta.url);
const DOCUMENT = new URL("../../../docs/adding-a-network.md", import.meta.url);

const document = readFileSync(DOCUMENT, "utf8");
const sources = readdirSync(HERE).map((name) => readFileSync(new URL(name, HERE), "utf8"));
const blocks = [...document.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({
  language,
  code: code ?? "",
}));
const links = [...document.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, path]) => path ?? "");
const titles = [...document.matchAll(/^## (.*)$/gm)].map(([, title]) => title ?? "");

describe("docs/adding-a-network.md", () => {
  it.each(blocks.map(({ code }) => [code.trim().split("\n")[0], code]))(
    "shows what is in the example: %s",
    (_, code) => {
      expect(sources.some((source) => source.includes(code))).toBe(true);
    },
  );

  it("has code of every kind that is looked at, and no other", () => {
    expect(blocks.length).toBeGreaterThan(10);
    expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(["ts", "yaml"]));
    expect(document.match(/^ {0,3}```/gm)).toHaveLength(2 * blocks.length);
  });

  it("leads to files that are there, and to its own parts", () => {
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((path) => !existsSync(new URL(path, DOCUMENT)))).toEqual([]);
    const anchors = titles.map((title) => title.toLowerCase().replace(/\s/g, "-"));
    expect([...document.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor)).toEqual(anchors);
  });
});
