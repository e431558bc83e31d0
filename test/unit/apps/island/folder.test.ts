// SPDX-License-Identifier: GPL-3.0-or-later

import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openIslandFolder } from "../../../../apps/src/island/folder.js";

let around = "";
beforeEach(() => {
  around = mkdtempSync(join(tmpdir(), "inet256-folder-"));
});
afterEach(() => rmSync(around, { recursive: true }));

describe("the folder of an island", () => {
  it("is its own, open to nobody else, and gone at the end with all in it", () => {
    const folder = openIslandFolder(undefined, { TMPDIR: around });
    expect(folder.isKept).toBe(false);
    expect(folder.path.startsWith(join(around, "inet256-island-"))).toBe(true);
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    writeFileSync(join(folder.path, "left"), "");
    folder.remove();
    expect(readdirSync(around)).toEqual([]);
    folder.remove();
  });

  it("is kept when it was given", () => {
    const folder = openIslandFolder(around, {});
    expect(folder).toMatchObject({ path: around, isKept: true });
    folder.remove();
    expect(existsSync(around)).toBe(true);
  });

  it("has to be there, and to be a folder", () => {
    const none = join(around, "none");
    expect(() => openIslandFolder(none, {})).toThrow(`${none}: no such folder`);
    expect(() => openIslandFolder(undefined, { TMPDIR: none })).toThrow(`${none}: no such file`);
    const file = join(around, "file");
    writeFileSync(file, "");
    expect(() => openIslandFolder(file, {})).toThrow(`${file}: a file, expected a folder`);
  });
});
