// SPDX-License-Identifier: GPL-3.0-or-later

// The house rules, on every source of the repository. That each rule can fail is shown in
// house/rules.test.ts.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RULES } from "./house/rules.js";
import { LICENCES, ROOMS } from "./house/table.js";
import { ROOT, read, sourcesOf } from "./house/tree.js";

const FOLDERS = ["proto", "gen", "clients", "server", "apps", "test", "packaging"];
const sources = FOLDERS.flatMap(sourcesOf);

describe("every source", () => {
  it("is looked at", () => {
    expect(sources.length).toBeGreaterThan(150);
    for (const path of [
      "server/src/core/system.ts",
      "clients/ts/src/index.ts",
      "apps/src/main.ts",
    ]) {
      expect(sources.some((source) => source.path === path)).toBe(true);
    }
  });

  it.each(Object.entries(RULES))("keeps to %s", (_, rule) => {
    expect(sources.flatMap(rule)).toEqual([]);
  });
});

describe("rooms", () => {
  it("stand in the table, and have a door", () => {
    const paths = sources.map(({ path }) => path);
    const rooms = new Set(
      paths.flatMap((path) => /^server\/src\/([^/]+)\/./.exec(path)?.[1] ?? []),
    );
    expect(rooms).toContain("core");
    for (const room of rooms) {
      expect(Object.keys(ROOMS)).toContain(room);
      expect(paths).toContain(`server/src/${room}/index.ts`);
    }
  });

  it("point one way: the table has no circle, and knows every room that it names", () => {
    // The room at the top may import every other; whoever imports it would make a circle.
    const below = new Set<string>();
    for (const [room, { rooms }] of Object.entries(ROOMS)) {
      for (const other of rooms)
        if (other !== "*") expect(below, `${room} → ${other}`).toContain(other);
      below.add(room);
    }
    expect(Object.keys(ROOMS).at(-1)).toBe("daemon");
  });
});

describe("licences", () => {
  const words = {
    "Apache-2.0": "Apache License",
    "GPL-3.0-or-later": "GNU GENERAL PUBLIC LICENSE",
  };

  it.each(Object.entries(LICENCES))("%s carries its own: %s", (folder, licence) => {
    expect(read(`${folder}/LICENSE`).slice(0, 200)).toContain(words[licence]);
    const manifest = `${folder}/package.json`;
    if (!existsSync(join(ROOT, manifest))) return;
    expect(JSON.parse(read(manifest))).toMatchObject({ license: licence });
  });

  it("are known for every folder with sources", () => {
    const folders = new Set(
      sources.map(({ path }) =>
        path
          .split("/")
          .slice(0, path.startsWith("clients/") ? 2 : 1)
          .join("/"),
      ),
    );
    expect([...folders].sort()).toEqual(Object.keys(LICENCES).sort());
  });
});
