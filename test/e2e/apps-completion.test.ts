// SPDX-License-Identifier: GPL-3.0-or-later

import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorkshop, type Workshop } from "../support/processes.js";

const CLEAN = { code: 0, signal: null };

let workshop: Workshop;
beforeEach(() => {
  workshop = createWorkshop();
});
afterEach(() => workshop.end());

describe("completion in bash", () => {
  it("completes, and evaluates nothing that stands on the command line", async () => {
    // The first function is what the package bash-completion gives.
    const shell = workshop.shell(`
      _get_comp_words_by_ref() {
        words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=\${COMP_WORDS[COMP_CWORD]};
      }
      compopt() { :; }
      source <(inet256 completion bash)
      COMP_WORDS=(inet256 pi); COMP_CWORD=1; __inet256_complete; echo "\${COMPREPLY[*]}"
      COMP_WORDS=(inet256 ping '$(touch evaluated)' --cou); COMP_CWORD=3; __inet256_complete; echo "\${COMPREPLY[*]}"
      complete -p inet256`);
    expect(await shell.ended).toEqual(CLEAN);
    expect(shell.stdout.lines).toEqual([
      "ping",
      "--count",
      "complete -o default -F __inet256_complete inet256",
    ]);
    expect(readdirSync(workshop.folder)).not.toContain("evaluated");
  });
});
