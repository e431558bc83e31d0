// SPDX-License-Identifier: GPL-3.0-or-later

// The list of cases that the clients of all languages run, cases.json, is the list of what stands
// here: nothing that TypeScript proves is missing in it, and nothing in it is without a case.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Case {
  readonly name: string;
  readonly notIn?: Readonly<Record<string, string>>;
}

const { cases } = JSON.parse(read("cases.json")) as {
  readonly cases: Readonly<Record<string, readonly Case[]>>;
};

/** Where the cases of a group stand. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  opening: ["opening-cases.ts"],
  sending: ["sending-cases.ts"],
  receiving: ["receiving-cases.ts"],
  sharing: ["sharing-cases.ts"],
  ending: ["ending-cases.ts"],
  lookups: ["lookup-cases.ts"],
  misuse: ["misuse-cases.ts"],
  reconnecting: ["never-resends.test.ts", "never-requeues.test.ts"],
};
const TITLE = /\bit(?:\.each\(\[[^\]]*\]\))?\(\s*"((?:[^"\\]|\\.)*)"/g;

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

describe("the list of the client contract", () => {
  it("has the groups that there are", () => {
    expect(Object.keys(cases)).toEqual(Object.keys(FILES));
  });

  it.each(Object.entries(FILES))("names every case of %s", (group, files) => {
    const titles = files.flatMap((file) => Array.from(read(file).matchAll(TITLE), ([, t]) => t));
    expect(cases[group]?.map(({ name }) => name)).toEqual(titles);
  });

  it("is counted in the README", () => {
    const lines = Object.entries(cases).map(([group, list]) => {
      const of = (language: string) => list.filter(({ notIn }) => notIn?.[language] === undefined);
      return `| ${group} | ${list.length} | ${of("go").length} | ${of("python").length} |`;
    });
    expect(read("../../../README.md")).toContain(`\n${lines.join("\n")}\n`);
  });

  it("has a reason for whatever a language leaves out", () => {
    const all = Object.values(cases).flat();
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { notIn = {} } of all) {
      for (const [language, reason] of Object.entries(notIn)) {
        expect(["go", "python"]).toContain(language);
        expect(reason.length).toBeGreaterThan(10);
      }
    }
  });
});
