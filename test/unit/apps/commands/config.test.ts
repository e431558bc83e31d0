// SPDX-License-Identifier: GPL-3.0-or-later

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "@inet256/mesh256";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../../support/commands.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-config-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("create-config", () => {
  it("prints what config check finds in order", async () => {
    const { exitCode, stdout } = await runCommand(["create-config"]);
    expect(exitCode).toBe(0);
    expect(parseConfig(stdout, { file: "x" })).toMatchObject({ ok: true });
    const path = file("config.yml", stdout);
    expect(await runCommand(["config", "check", path])).toEqual({
      exitCode: 0,
      stdout: `${path}: ok\n`,
      stderr: "",
    });
  });
});

describe("config check", () => {
  it("prints each problem as a line for people and editors, and nothing else", async () => {
    const path = file("bad.yml", "limits:\n  nodes: many\nlog:\n  level: loud\n");
    const { exitCode, stdout, stderr } = await runCommand(["config", "check", path]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    const lines = stderr.split("\n");
    expect(lines[0]).toMatch(new RegExp(`^${path}:2:10: limits.nodes: .*, expected `));
    expect(lines[1]).toMatch(new RegExp(`^${path}:4:10: log.level: .*, expected `));
    expect(lines.slice(2)).toEqual([""]);
  });

  it("has the same as JSON", async () => {
    const path = file("bad.json.yml", "nodes: 3\n");
    const { exitCode, stdout, stderr } = await runCommand(["config", "check", "--json", path]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      problems: [{ file: path, line: 1, column: 1, path: "nodes" }],
    });
    const good = await runCommand(["config", "check", "--json", file("good.yml", "")]);
    expect(JSON.parse(good.stdout)).toEqual({ ok: true, problems: [] });
  });

  it("names a file that is not there", async () => {
    const path = join(folder, "none.yml");
    expect(await runCommand(["config", "check", path])).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `inet256 config check: ${path}: no such file\n`,
    });
  });
});

describe("config schema", () => {
  it("prints a JSON Schema", async () => {
    const { stdout } = await runCommand(["config", "schema"]);
    expect(JSON.parse(stdout)).toMatchObject({ properties: { limits: {}, private_key_path: {} } });
  });
});
