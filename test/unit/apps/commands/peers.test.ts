// SPDX-License-Identifier: GPL-3.0-or-later

// The operator's commands, with a daemon in memory: what they ask for, and what they print.

import { type Admin, generateKey, NodeError } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { runCommand, startCommand } from "../../../support/commands.js";
import { createMemoryService } from "../../../support/memory-service.js";

const ADDRESS = generateKey().address;
const PLACES = ["192.0.2.1:25632", "[2001:db8::1]:25632"];

const withAdmin = (admin: Partial<Admin>) => ({ service: createMemoryService({ admin }) });

describe("peers", () => {
  it.each([
    [["--save"], true],
    [[], false],
  ] as const)("add %j", async (words, save) => {
    const asked: unknown[] = [];
    const admin: Partial<Admin> = {
      addPeer: async (address, places, options) =>
        void asked.push([`${address}`, places, options?.save]),
    };
    const ended = await runCommand(
      ["peers", "add", ...words, "--", `${ADDRESS}`, ...PLACES],
      withAdmin(admin),
    );
    expect(ended).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(asked).toEqual([[`${ADDRESS}`, PLACES, save]]);
  });

  it("remove, of one that is not there, says so", async () => {
    const admin: Partial<Admin> = {
      removePeer: async () => {
        throw new NodeError("NO_SUCH_ADDRESS", "there is no such peer");
      },
    };
    const words = ["peers", "remove", "--", `${ADDRESS}`];
    expect(await runCommand(words, withAdmin(admin))).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "inet256 peers remove: there is no such peer\n",
    });
  });

  it("list, with or without the word, and as JSON", async () => {
    const peer = {
      address: ADDRESS,
      configured: true,
      up: false,
      paths: [],
      queuedPackets: 0,
      queuedBytes: 0,
      queuedControlBytes: 0,
      counters: {},
    };
    const options = withAdmin({ peers: async () => [peer] });
    for (const words of [["peers"], ["peers", "list"]]) {
      const { exitCode, stdout } = await runCommand(words, options);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(new RegExp(`^peers .*\n  ${ADDRESS}  down `));
    }
    const { stdout } = await runCommand(["peers", "list", "--json"], options);
    expect(JSON.parse(stdout)).toMatchObject({ address: `${ADDRESS}`, up: false });
  });

  it("list, of nobody, says so to people alone", async () => {
    const ended = await runCommand(["peers"], withAdmin({ peers: async () => [] }));
    expect(ended).toEqual({ exitCode: 0, stdout: "", stderr: "no peers\n" });
  });

  it("wants an address", async () => {
    const { exitCode, stderr } = await runCommand(["peers", "add", "nobody"], withAdmin({}));
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/^inet256 peers add: address: .*43 characters/),
    ]);
  });
});

describe("log-level", () => {
  const admin: Partial<Admin> = {
    logLevel: async () => "info",
    setLogLevel: async (level) => (level === "debug" ? "info" : expect.unreachable()),
  };

  it.each([
    [[], "info\n"],
    [["debug"], "info\n"],
    [["--json"], '{"level":"info"}\n'],
    [["debug", "--json"], '{"level":"debug","previous":"info"}\n'],
  ] as const)("%j", async (words, stdout) => {
    const ended = await runCommand(["log-level", ...words], withAdmin(admin));
    expect(ended).toEqual({ exitCode: 0, stdout, stderr: "" });
  });

  it("takes the words there are", async () => {
    const { exitCode, stderr } = await runCommand(["log-level", "loud"], withAdmin(admin));
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("debug")]);
  });
});

describe("status", () => {
  it("--nodes lists what is open", async () => {
    const admin: Partial<Admin> = {
      async *nodes() {
        yield [{ address: ADDRESS, openings: 2, queuedMessages: 3, queuedBytes: 4_000 }];
      },
    };
    const { stdout } = await runCommand(["status", "--nodes"], withAdmin(admin));
    expect(stdout).toContain(`\n${ADDRESS}  open 2 ×  3 waiting, 4.00 kB\n`);
  });

  it("--watch draws in place, cut to the terminal, until Ctrl-C", async () => {
    const service = createMemoryService();
    const status = await service.status();
    const admin: Partial<Admin> = {
      async *watch({ signal } = {}) {
        for (let nodes = 1; nodes <= 2; nodes++) yield { ...status, nodes };
        await new Promise((_, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason)),
        );
      },
    };
    const { terminal, stdout, done } = startCommand(["status", "--watch", "0.2"], withAdmin(admin));
    Object.assign(terminal.stdout, { isTTY: true, columns: 30, rows: 10 });
    await stdout.waitFor(/nodes +2/);
    terminal.interrupt();
    expect(await done).toBe(0);
    const [begin = "", ...pages] = stdout.text.split("\x1b[H");
    expect(begin).toBe("\x1b[?25l\x1b[2J");
    expect(pages).toHaveLength(2);
    for (const page of pages) {
      const lines = page.split("\n").slice(0, -1);
      expect(lines.length).toBeLessThan(10);
      for (const line of lines) expect(line.replace("\x1b[K", "").length).toBeLessThanOrEqual(30);
    }
    expect(stdout.text.endsWith("\x1b[J\x1b[?25h")).toBe(true);
  });

  it("--watch, not on a terminal, prints one below the other", async () => {
    const service = createMemoryService();
    const status = await service.status();
    const admin: Partial<Admin> = {
      async *watch() {
        for (let nodes = 1; nodes <= 2; nodes++) yield { ...status, nodes };
      },
    };
    const { stdout } = await runCommand(["status", "--watch"], withAdmin(admin));
    expect(stdout.match(/^address /gm)).toHaveLength(2);
    expect(stdout).not.toContain("\x1b");
    const json = await runCommand(["status", "--watch", "--json"], withAdmin(admin));
    expect(
      json.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).nodes),
    ).toEqual([1, 2]);
  });
});
