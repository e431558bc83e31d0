// SPDX-License-Identifier: GPL-3.0-or-later

import { Command } from "@commander-js/extra-typings";
import { describe, expect, it } from "vitest";
import { complete, completionScript, SHELLS } from "../../../apps/src/completion.js";
import { runCommand } from "../../support/commands.js";

async function candidates(...words: string[]): Promise<{ words: string[]; directive: string }> {
  const { stdout } = await runCommand(["complete", "--", ...words]);
  const lines = stdout.split("\n").slice(0, -1);
  const directive = lines.pop() ?? "";
  return { words: lines.map((line) => line.split("\t")[0] ?? ""), directive };
}

const NO_FILES = ":4";
const FILES = ":0";

describe("completion", () => {
  it("offers the commands that begin so", async () => {
    expect(await candidates("p")).toEqual({
      words: ["peers", "ping", "perf"],
      directive: NO_FILES,
    });
    expect((await candidates("")).words).toEqual(expect.arrayContaining(["daemon", "nc", "echo"]));
    expect((await candidates("")).words).not.toContain("complete");
  });

  it("offers commands of commands", async () => {
    expect((await candidates("config", "")).words).toEqual(["check", "schema"]);
  });

  it("offers the options of a command, and those of all", async () => {
    const { words } = await candidates("ping", "--");
    expect(words).toEqual(
      expect.arrayContaining(["--count", "--interval", "--size", "--timeout", "--key", "--api"]),
    );
  });

  it("offers the words that an argument may be", async () => {
    expect((await candidates("completion", "")).words).toEqual([...SHELLS]);
  });

  it.each([
    [["ping", "--key", ""]],
    [["keygen", "-o", "x"]],
    [["addr", "some"]],
    [["daemon", "--config", "conf"]],
    [["config", "check", ""]],
  ])("leaves files to the shell: %j", async (words) => {
    expect((await candidates(...words)).directive).toBe(FILES);
  });

  it.each([[["ping", "--count", ""]], [["ping", ""]], [["addr", "--j"]]])(
    "offers no files: %j",
    async (words) => {
      expect((await candidates(...words)).directive).toBe(NO_FILES);
    },
  );

  it.each(SHELLS)("has a script for %s that asks this command", async (shell) => {
    const { exitCode, stdout } = await runCommand(["completion", shell]);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(completionScript(shell, "inet256"));
    expect(stdout).toContain("inet256 complete --");
  });

  it("has a script for bash that evaluates no word of the command line", () => {
    const script = completionScript("bash", "inet256");
    const words = "$" + "{words[@]:1}";
    expect(script).toContain(`requestComp="inet256 complete -- $(printf "%q " "${words}")"`);
    expect(script).not.toContain(`-- ${words}`);
    expect(script).toContain("\ncomplete -o default -F ");
  });

  it("throws nothing, whatever the words", () => {
    const program = new Command("x");
    for (const words of [[], [""], ["--"], ["-"], ["a", "b", "c"], ["--api"]]) {
      expect(complete(program, words)).toMatch(/:\d+\n$/);
    }
  });
});
