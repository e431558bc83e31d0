// SPDX-License-Identifier: GPL-3.0-or-later

// The scripts for zsh and fish, in the shells themselves where they are installed. That for bash is
// in e2e/apps-completion.test.ts.

import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorkshop, type Workshop } from "../support/processes.js";

let workshop: Workshop;
beforeEach(() => {
  workshop = createWorkshop();
});
afterEach(() => workshop.end());

/** Whether a shell is missing; a skipped test carries its name. */
function isMissing(shell: string): boolean {
  try {
    execFileSync(shell, ["-c", "true"], { stdio: "ignore" });
    return false;
  } catch {
    return true;
  }
}

async function linesOf(script: string): Promise<readonly string[]> {
  const shell = workshop.shell(script);
  const { code } = await shell.ended;
  expect(code, shell.stderr.text).toBe(0);
  return shell.stdout.lines;
}

describe("completion in fish", () => {
  it.skipIf(isMissing("fish"))("completes commands, words and files (needs fish)", async () => {
    writeFileSync(workshop.path("mine.pem"), "");
    writeFileSync(
      workshop.path("try.fish"),
      `inet256 completion fish | source
       complete --do-complete "inet256 pin"
       complete --do-complete "inet256 completion f"
       complete --do-complete "inet256 echo --key min"
       complete --do-complete "inet256 ping '\\$(touch evaluated)' --cou"`,
    );
    const lines = await linesOf("fish --no-config try.fish");
    expect(lines.map((line) => line.split("\t")[0])).toEqual([
      "ping",
      "fish",
      "mine.pem",
      "--count",
    ]);
    expect(readdirSync(workshop.folder)).not.toContain("evaluated");
  });
});

describe("completion in zsh", () => {
  it.skipIf(isMissing("zsh"))("is found by compinit, and completes (needs zsh)", async () => {
    // What zle sets is set by hand; _describe and _arguments are what would show the candidates.
    writeFileSync(
      workshop.path("try.zsh"),
      `mkdir functions && inet256 completion zsh > functions/_inet256
       fpath=($PWD/functions $fpath)
       autoload -U compinit && compinit -u -D
       print -- $_comps[inet256]
       inet256 completion zsh > sourced && source ./sourced
       _describe() { print -l -- "\${completions[@]%%:*}" }
       _arguments() { print -- "files" }
       ask() { words=("$@"); CURRENT=$#; _inet256 }
       ask inet256 pin
       ask inet256 completion z
       ask inet256 ping '$(touch evaluated)' --cou`,
    );
    const lines = await linesOf("zsh --no-rcs try.zsh");
    expect(lines).toEqual(["_inet256", "ping", "zsh", "--count"]);
    expect(readdirSync(workshop.folder)).not.toContain("evaluated");
  });
});
