// SPDX-License-Identifier: GPL-3.0-or-later

import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createConfigFile } from "../../../server/src/daemon/config-file.js";
import { listAlgorithms } from "../../../server/src/network/index.js";

const NETWORKS = listAlgorithms();
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-unit-"));
  path = join(folder, "config.yml");
  writeFileSync(path, "log: {level: info}\n", { mode: 0o640 });
  chmodSync(path, 0o640);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (): string => readFileSync(path, "utf8");

describe("a configuration file", () => {
  it("is replaced in one step, with its mode", async () => {
    const before = statSync(path).ino;
    await createConfigFile(path, NETWORKS).change((old) => `${old}crypto: auto\n`);
    expect(text()).toBe("log: {level: info}\ncrypto: auto\n");
    const { mode, ino } = statSync(path);
    expect([mode & 0o777, ino === before]).toEqual([0o640, false]);
    expect(readdirSync(folder)).toEqual(["config.yml"]);
  });

  it("keeps a mode that this process's umask would narrow", async () => {
    for (const mode of [0o666, 0o600]) {
      chmodSync(path, mode);
      await createConfigFile(path, NETWORKS).change((old) => `${old}# one more\n`);
      expect(statSync(path).mode & 0o777).toBe(mode);
    }
  });

  it("that is a link to another stays one; the other is replaced", async () => {
    const link = join(folder, "link.yml");
    symlinkSync("config.yml", link);
    await createConfigFile(link, NETWORKS).change((old) => `${old}crypto: auto\n`);
    expect([lstatSync(link).isSymbolicLink(), text()]).toEqual([
      true,
      "log: {level: info}\ncrypto: auto\n",
    ]);
    expect(readdirSync(folder).sort()).toEqual(["config.yml", "link.yml"]);
  });

  it("is left alone by an edit that changes nothing", async () => {
    const before = statSync(path).ino;
    await createConfigFile(path, NETWORKS).change((old) => old);
    expect(statSync(path).ino).toBe(before);
  });

  it("keeps what several change at once", async () => {
    const file = createConfigFile(path, NETWORKS);
    const lines = ["crypto: auto\n", "network: onehop\n", "transports: []\n"];
    await Promise.all(lines.map((line) => file.change((old) => old + line)));
    expect(text()).toBe(`log: {level: info}\n${lines.join("")}`);
  });

  it("is not replaced by what cannot be read again; the next change is made", async () => {
    const file = createConfigFile(path, NETWORKS);
    const faulty = file.change((old) => `${old}nonsense: 1\n`);
    const next = file.change((old) => `${old}crypto: auto\n`);
    await expect(faulty).rejects.toMatchObject({
      reason: "BAD_REQUEST",
      message: expect.stringContaining("nonsense: unknown key"),
    });
    await next;
    expect(text()).toBe("log: {level: info}\ncrypto: auto\n");
  });

  it("that is not there cannot be changed", async () => {
    for (const missing of [undefined, join(folder, "none.yml"), join(folder, "no", "where.yml")]) {
      const changed = createConfigFile(missing, NETWORKS).change(() => "crypto: auto\n");
      await expect(changed).rejects.toMatchObject({ reason: "UNSUPPORTED_OPTION" });
    }
    expect(readdirSync(folder)).toEqual(["config.yml"]);
  });

  it("is not written over what somebody else is writing", async () => {
    writeFileSync(`${path}.new`, "theirs");
    const changed = createConfigFile(path, NETWORKS).change((old) => `${old}crypto: auto\n`);
    await expect(changed).rejects.toMatchObject({
      reason: "UNSUPPORTED_OPTION",
      message: expect.stringContaining("EEXIST"),
    });
    expect([text(), readFileSync(`${path}.new`, "utf8")]).toEqual([
      "log: {level: info}\n",
      "theirs",
    ]);
  });
});
