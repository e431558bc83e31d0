// SPDX-License-Identifier: GPL-3.0-or-later

// The command in one file, alone in an empty folder: it needs nothing beside it, and with the native
// packages beside it uses them.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorkshop, type Workshop } from "../support/processes.js";

const BUNDLE = fileURLToPath(new URL("../../packaging/bundle/bundle.mjs", import.meta.url));
const MANIFEST = fileURLToPath(new URL("../../apps/package.json", import.meta.url));
const CLEAN = { code: 0, signal: null };

let folder: string;
const inFolder = (...names: string[]): string => join(folder, ...names);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-bundle-"));
  execFileSync(process.execPath, [BUNDLE, "--native", "--out", inFolder("whole")]);
  execFileSync("mkdir", [inFolder("alone")]);
  copyFileSync(inFolder("whole", "inet256.mjs"), inFolder("alone", "inet256.mjs"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function withWorkshop(file: string, use: (workshop: Workshop) => Promise<void>) {
  const workshop = createWorkshop(file);
  try {
    await use(workshop);
  } finally {
    await workshop.end();
  }
}

/** A daemon, an echo and a ping; answers what the daemon says of itself at its start. */
async function converse(workshop: Workshop): Promise<{ readonly crypto: string }> {
  const daemon = await workshop.startDaemon([]);
  const echo = workshop.start(["echo", "--quiet"]);
  const [address = ""] = await echo.stdout.waitFor(/^\S{43}$/m);
  const ping = await workshop.run(["ping", "-c", "2", address]);
  expect(ping.stdout).toMatch(/2 messages transmitted, 2 received/);
  const [line = ""] = await daemon.stderr.waitFor(/^\{.*"msg":"starting"\}$/m);
  daemon.kill("SIGTERM");
  expect(await daemon.ended).toEqual(CLEAN);
  return JSON.parse(line);
}

describe("the one file", () => {
  it("is alone, and can be executed", async () => {
    expect(readdirSync(inFolder("alone"))).toEqual(["inet256.mjs"]);
    const { version } = JSON.parse(readFileSync(MANIFEST, "utf8"));
    const path = inFolder("whole", "inet256.mjs");
    expect(execFileSync(path, ["--version"], { encoding: "utf8" })).toBe(`${version}\n`);
  });

  it("comes with the licences of what is in it", () => {
    const text = readFileSync(inFolder("whole", "LICENSES.txt"), "utf8");
    for (const name of ["@grpc/grpc-js", "@bufbuild/protobuf", "@noble/curves", "zod", "yaml"]) {
      expect(text).toMatch(new RegExp(`^${name} [\\d.]+: \\S+`, "m"));
    }
    expect(text).not.toMatch(/: undefined$/m);
  });

  it("makes keys, and is a daemon, an echo and a ping, with portable code", async () => {
    await withWorkshop(inFolder("alone", "inet256.mjs"), async (workshop) => {
      const { code, stdout } = await workshop.run(["keygen"]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
      expect((await converse(workshop)).crypto).toBe("portable");
    });
  });

  it("uses native code where that lies beside it", async () => {
    await withWorkshop(inFolder("whole", "inet256.mjs"), async (workshop) => {
      const { crypto } = await converse(workshop);
      const copied = readdirSync(inFolder("whole", "node_modules"));
      expect(crypto).toBe(copied.includes("sodium-native") ? "native" : "portable");
    });
  });
});
