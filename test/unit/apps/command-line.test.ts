// SPDX-License-Identifier: GPL-3.0-or-later

// What the command line says and ends with, whatever is typed.

import { generateKey } from "@inet256/client";
import { Address } from "@inet256/client/identity";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markAddresses, unmarked } from "../../../apps/src/address-words.js";
import { createProgram } from "../../../apps/src/program.js";
import { createTestTerminal, runCommand } from "../../support/commands.js";
import { createMemoryService } from "../../support/memory-service.js";

const DASHED = "-".repeat(43);

describe("the command line", () => {
  it.each([
    [["--frobnicate"], "inet256: unknown option '--frobnicate'; see inet256 --help"],
    [["pin"], "inet256: unknown command 'pin' (Did you mean ping?); see inet256 --help"],
    [
      ["ping", "--cuont", "3"],
      "inet256 ping: unknown option '--cuont' (Did you mean --count?); see inet256 ping --help",
    ],
    [
      ["ping", "--count"],
      "inet256 ping: option '-c, --count <number>' argument missing; see inet256 ping --help",
    ],
    [
      ["ping", "-c", "many"],
      "inet256 ping: --count: expected a whole number from 1 to 4,294,967,295",
    ],
    [
      ["ping", "-i", "0"],
      "inet256 ping: --interval: expected seconds, a number from 0.001 to 86,400",
    ],
    [["ping", "-s", "35"], "inet256 ping: --size: expected a whole number from 36 to 65,535"],
    [
      ["ping", "abc"],
      "inet256 ping: address: an address has 43 characters, got a string of 3 characters",
    ],
    [
      ["ping", `${"a".repeat(42)}!`],
      "inet256 ping: address: character 43 of the address is not one of - 0-9 A-Z _ a-z",
    ],
    [
      ["ping", `${DASHED.slice(1)}1`],
      "inet256 ping: address: the last character of an address ends in two zero bits",
    ],
    [["addr", ""], "inet256 addr: file: expected the path of a file, got nothing"],
    [
      ["addr", "a", "b"],
      "inet256 addr: too many arguments for 'addr'. Expected 1 argument but got 2; see inet256 addr --help",
    ],
    [
      ["config", "chek"],
      "inet256 config: unknown command 'chek' (Did you mean check?); see inet256 config --help",
    ],
    [
      ["config", "check"],
      "inet256 config check: missing required argument 'file'; see inet256 config check --help",
    ],
    [["keygen", "-f", "pkcs1"], "inet256 keygen: --format: expected one of pkcs8, inet256"],
    [["completion", "tcsh"], "inet256 completion: shell: expected one of bash, zsh, fish"],
    [
      ["perf", "client", DASHED, "-t", "1", "-n", "1"],
      "inet256 perf client: --count: expected without --time",
    ],
    [
      ["perf", "client", DASHED, "-w", "2"],
      "inet256 perf client: --window: expected together with --echo, and without --rate",
    ],
    [
      ["daemon", "--log-level", "loud"],
      "inet256 daemon: --log-level: expected one of trace, debug, info, warn, error, silent",
    ],
  ])("refuses %j in one line, exit code 2", async (words, line) => {
    expect(await runCommand(words)).toEqual({ exitCode: 2, stdout: "", stderr: `${line}\n` });
  });

  it("shows what there is when nothing is asked, exit code 2", async () => {
    const { exitCode, stdout, stderr } = await runCommand([]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^Usage: inet256 <command> \[options\]\n/);
    expect(stderr).toMatch(/\ninet256: expected a command; see inet256 --help\n$/);
  });

  it("prints its version", async () => {
    expect(await runCommand(["--version"])).toEqual({ exitCode: 0, stdout: "1.2.3\n", stderr: "" });
  });

  it("never repeats a value that is wrong", async () => {
    const secret = "MC4CAQAwBQYDK2VwBCIEIMARKERMARKER";
    for (const words of [
      ["ping", secret],
      ["ping", "-c", secret],
      ["ping", "-i", secret],
      ["keygen", "--format", secret],
      ["ip6-addr", "--reverse", secret],
      ["perf", "client", secret],
    ]) {
      const { exitCode, stdout, stderr } = await runCommand(words);
      expect(exitCode).toBe(2);
      expect(stdout + stderr).not.toContain("MARKER");
    }
  });

  it("shows help with examples for every command", async () => {
    const program = createProgram({
      terminal: createTestTerminal(),
      version: "1.2.3",
      connect: () => Promise.reject(new Error("help needs no daemon")),
    });
    const walk = async (command: typeof program, path: readonly string[]): Promise<void> => {
      const { exitCode, stdout, stderr } = await runCommand([...path, "--help"]);
      expect(exitCode).toBe(0);
      expect(stderr).toBe("");
      expect(stdout).toContain(`Usage: ${["inet256", ...path].join(" ")}`);
      if (command.commands.length === 0) expect(stdout).toContain("\nExamples:\n  ");
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
      for (const child of command.commands) {
        if (child.name() !== "complete") await walk(child, [...path, child.name()]);
      }
    };
    await walk(program, []);
  });

  it("finds --api before and behind the command", async () => {
    const service = createMemoryService();
    for (const words of [
      ["--api", "unix:///x", "status"],
      ["status", "--api", "unix:///x"],
    ]) {
      const asked: (string | undefined)[] = [];
      const connect = async (endpoint: string | undefined) => {
        asked.push(endpoint);
        return service;
      };
      const terminal = createTestTerminal();
      const program = createProgram({ terminal, version: "1.2.3", connect });
      await program.parseAsync(words, { from: "user" });
      expect(asked).toEqual(["unix:///x"]);
    }
  });
});

describe("addresses that begin with a dash", () => {
  it("are addresses, not options", async () => {
    const service = createMemoryService();
    const { exitCode, stdout } = await runCommand(
      ["ping", "-c", "1", "-W", "0.01", Address.NO_ONE.toString()],
      { service },
    );
    expect(exitCode).toBe(1);
    expect(stdout).toContain("not sent: seq=1: refused: NO_SUCH_ADDRESS");
  });

  it("are marked and unmarked, and nothing else is", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 50 })), (words) => {
        expect(markAddresses(words).map(unmarked)).toEqual(words);
      }),
    );
    const address = generateKey().address.toString();
    const other = Buffer.from(address).fill("-", 0, 2).toString();
    const words = ["-c", "--count", other, address, "-", "--", `${other}x`];
    expect(markAddresses(words)).toEqual(
      words.map((word) => (word === other ? `\0${word}` : word)),
    );
  });
});
