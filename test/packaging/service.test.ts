// SPDX-License-Identifier: GPL-3.0-or-later

// What packaging/install.sh puts into a folder: everything that it should, nothing of this machine,
// units that systemd has nothing to say against, and a configuration that the daemon takes.

import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const INSTALL = fileURLToPath(new URL("../../packaging/install.sh", import.meta.url));
const UNITS = ["inet256.service", "inet256.socket"];
const WITHOUT_ANALYZE = spawnSync("systemd-analyze", ["--version"]).status !== 0;

let folder: string;
const inFolder = (...names: string[]): string => join(folder, ...names);
const install = (...words: string[]): void => {
  const env = { ...process.env, DESTDIR: folder, PREFIX: "/opt/inet256" };
  execFileSync(INSTALL, words, { env, stdio: ["ignore", "ignore", "pipe"] });
};
const filesIn = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .filter((name) => !name.includes("/node_modules/"))
    .sort();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-install-"));
  install();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("an installation in a folder", () => {
  it("has the command, the service, and what shells and manuals need", () => {
    const manuals = filesIn(inFolder("opt/inet256/share/man/man1"));
    expect(manuals).toContain("/opt/inet256/share/man/man1/inet256.1");
    const page = readFileSync(inFolder("opt/inet256/share/man/man1/inet256-peers-add.1"), "utf8");
    expect(page).toMatch(/^\.TH INET256-PEERS-ADD 1 .*^\.SH OPTIONS$.*^\.SH EXAMPLES$/ms);
    expect(filesIn(folder).filter((name) => !manuals.includes(name))).toEqual([
      "/etc/inet256/config.yml",
      "/opt/inet256/bin/inet256",
      "/opt/inet256/lib/inet256/LICENSES.txt",
      "/opt/inet256/lib/inet256/inet256.mjs",
      "/opt/inet256/lib/systemd/system/inet256.service",
      "/opt/inet256/lib/systemd/system/inet256.socket",
      "/opt/inet256/lib/sysusers.d/inet256.conf",
      "/opt/inet256/share/bash-completion/completions/inet256",
      "/opt/inet256/share/fish/vendor_completions.d/inet256.fish",
      "/opt/inet256/share/zsh/site-functions/_inet256",
    ]);
    const service = readFileSync(
      inFolder("opt/inet256/lib/systemd/system/inet256.service"),
      "utf8",
    );
    expect(service).toContain("\nExecStart=/opt/inet256/bin/inet256 daemon --config /etc/inet256/");
  });

  it("has a configuration that is right, without a key in it, and never overwritten", () => {
    const file = inFolder("etc/inet256/config.yml");
    const command = inFolder("opt/inet256/lib/inet256/inet256.mjs");
    execFileSync(command, ["config", "check", file]);
    expect(readFileSync(file, "utf8")).not.toMatch(/^private_key_path/m);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    writeFileSync(file, "# mine\n");
    install();
    expect(readFileSync(file, "utf8")).toBe("# mine\n");
  });

  it.skipIf(WITHOUT_ANALYZE)("has units that systemd takes (needs systemd-analyze)", () => {
    // What is not installed in this system's root stands where the folder has it.
    const units = inFolder("units");
    execFileSync("mkdir", [units]);
    for (const name of UNITS) {
      const text = readFileSync(inFolder("opt/inet256/lib/systemd/system", name), "utf8");
      const here = inFolder("opt/inet256/lib/inet256/inet256.mjs");
      writeFileSync(join(units, name), text.replace("/opt/inet256/bin/inet256", here));
    }
    const paths = UNITS.map((name) => join(units, name));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", ...paths], {
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
    const security = execFileSync(
      "systemd-analyze",
      ["security", "--offline=true", join(units, "inet256.service")],
      { encoding: "utf8" },
    );
    const [, score = "10"] = /exposure level for inet256.service: ([\d.]+)/.exec(security) ?? [];
    console.log(`systemd-analyze security: exposure ${score} of 10, the less the better`);
    expect(Number(score)).toBeLessThan(2);
  });

  it("goes away, and the configuration only when that is asked for", () => {
    rmSync(inFolder("units"), { recursive: true, force: true });
    install("--uninstall");
    expect(filesIn(folder)).toEqual(["/etc/inet256/config.yml"]);
    install("--purge");
    expect(existsSync(inFolder("etc/inet256"))).toBe(false);
  });
});
