// SPDX-License-Identifier: GPL-3.0-or-later

// The command island, with real daemons in this process.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stopAll } from "../../../../apps/src/island/island.js";
import { runCommand, startCommand } from "../../../support/commands.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inet256-island-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs it until it has said all, then Ctrl-C. */
async function visit(words: readonly string[]): Promise<{ lines: readonly string[]; err: string }> {
  const env = { TMPDIR: folder };
  const { terminal, stdout, stderr, done } = startCommand(["island", ...words], { env });
  await Promise.race([stdout.waitFor(/Try next[\s\S]*ping \S{43}\n$|^(\{.*\}\n)+$/), done]);
  terminal.interrupt();
  expect(await done).toBe(0);
  return { lines: stdout.lines, err: stderr.text };
}

describe("island", () => {
  it("prints for each daemon what to try next, and leaves nothing behind", async () => {
    const { lines, err } = await visit(["-d", "3"]);
    const rows = lines.slice(0, 3).map((line) => line.split(/ +/));
    expect(rows.map(([name]) => name)).toEqual(["d1", "d2", "d3"]);
    const [first, second, third] = rows;
    expect(new Set(rows.map(([, address]) => address)).size).toBe(3);
    expect(first?.[2]).toMatch(/^unix:\/\/\/.*\/inet256-island-\w{6}\/d1\.sock$/);
    expect(lines.slice(3)).toEqual([
      "",
      "Try next, in other terminals:",
      `  INET256_API=${first?.[2]} inet256 ping ${second?.[1]}`,
      `  INET256_API=${second?.[2]} inet256 ping ${first?.[1]}`,
      `  INET256_API=${third?.[2]} inet256 ping ${first?.[1]}`,
    ]);
    expect(err).toBe("");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("keeps keys in a folder that is given, and addresses with them", async () => {
    const first = await visit(["--json", "--folder", folder]);
    expect(readdirSync(folder).sort()).toEqual(["d1.pem", "d2.pem"]);
    for (const name of ["d1.pem", "d2.pem"]) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
      expect(first.err).toContain(`made a private key: ${join(folder, name)}\n`);
    }
    const second = await visit(["--json", "--folder", folder]);
    expect(second.lines).toEqual(first.lines);
    expect(JSON.parse(first.lines[0] ?? "")).toEqual({
      name: "d1",
      address: expect.stringMatching(/^\S{43}$/),
      endpoint: `unix://${folder}/d1.sock`,
    });
  });

  it("says when some cannot reach others", async () => {
    const words = ["--json", "-d", "3", "-t", "line"];
    expect((await visit([...words, "-n", "onehop"])).err).toBe(
      "note: onehop reaches direct peers only; nothing is carried for others\n",
    );
    expect((await visit([...words, "-n", "beaconnet"])).err).toBe("");
  });

  it("stops those that have started when one cannot start", async () => {
    writeFileSync(join(folder, "d2.sock"), "mine");
    const { exitCode, stdout, stderr } = await runCommand(["island", "-d", "3", "-f", folder]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    const line = stderr.trimEnd().split("\n").at(-1);
    expect(line).toContain(`inet256 island: ${folder}/d2.sock: there is a file that is no socket`);
    expect(readdirSync(folder).sort()).toEqual(["d1.pem", "d2.pem", "d2.sock", "d3.pem"]);
  });

  it("starts no daemon after Ctrl-C, and leaves nothing behind", async () => {
    const started = startCommand(["island", "-d", "4", "--log-level", "info"], {
      env: { TMPDIR: folder },
    });
    started.terminal.interrupt();
    expect(await started.done).toBe(0);
    expect(started.stdout.text).toBe("");
    expect(started.stderr.text).not.toContain("starting");
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [["-d", "1"], "--daemons: expected a whole number from 2 to 64"],
    [["-d", "65"], "--daemons: expected a whole number from 2 to 64"],
    [["-t", "tree"], "--topology: expected one of line, ring, star, full"],
    [["-n", "onehp"], /^--network: unknown network \(did you mean onehop\?\), expected one of /],
    [["-n", ""], /^--network: unknown network, expected one of /],
    [["--api", "unix:///x"], /^--api: an island has several endpoints, expected --folder/],
  ])("is told wrongly: %j", async (words, sentence) => {
    const { exitCode, stdout, stderr } = await runCommand(["island", ...words]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr.replace(/^inet256 island: /, "").trimEnd()).toMatch(sentence);
  });

  it("refuses a folder that is too deep for a socket, and leaves nothing behind", async () => {
    const deep = join(folder, "x".repeat(100));
    mkdirSync(deep);
    const { exitCode, stderr } = await runCommand(["island"], { env: { TMPDIR: deep } });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^inet256 island: .*d1\.sock: \d+ bytes are too long for a socket's path/,
    );
    expect(readdirSync(deep)).toEqual([]);
  });

  it("refuses gRPC's trace", async () => {
    const { exitCode, stderr } = await runCommand(["island"], { env: { GRPC_TRACE: "all" } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("GRPC_TRACE is set");
  });
});

describe("stopping daemons", () => {
  it("stops all, and then tells the first failure", async () => {
    const stopped: number[] = [];
    const daemons = [1, 2, 3].map((number) => ({
      async stop() {
        stopped.push(number);
        if (number !== 3) throw new Error(`failed ${number}`);
      },
    }));
    await expect(stopAll(daemons)).rejects.toThrow("failed 1");
    expect(stopped).toEqual([1, 2, 3]);
  });
});
