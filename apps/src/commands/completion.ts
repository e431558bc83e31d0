// SPDX-License-Identifier: GPL-3.0-or-later

import { Argument, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { unmarked } from "../address-words.js";
import { oneOf } from "../arguments.js";
import { examples, newCommand } from "../command.js";
import { COMPLETE_COMMAND, complete, completionScript, SHELLS } from "../completion.js";
import type { World } from "../world.js";

const NAME = "inet256";

/** `inet256 completion`: the script that teaches a shell. */
export function createCompletionCommand(world: World): CommandUnknownOpts {
  const shell = new Argument("<shell>", SHELLS.join(", "));
  shell.argChoices = [...SHELLS];
  return newCommand(world, "completion")
    .summary("print a script that completes commands and options in a shell")
    .description("Prints a script that completes commands, options and files with the TAB key.")
    .addArgument(shell.argParser(oneOf("shell", SHELLS)))
    .addHelpText(
      "after",
      examples(
        ["source <(inet256 completion bash)", "in ~/.bashrc; needs the package bash-completion"],
        ["source <(inet256 completion zsh)", "in ~/.zshrc, after compinit"],
        ["inet256 completion fish | source", "in ~/.config/fish/config.fish"],
      ),
    )
    .action((name) => {
      world.terminal.stdout.write(completionScript(name, NAME));
    });
}

/** The hidden command that the script asks at each TAB: `inet256 complete -- WORDS`. */
export function createCompleteCommand(
  world: World,
  program: CommandUnknownOpts,
): CommandUnknownOpts {
  return newCommand(world, COMPLETE_COMMAND)
    .argument("[words...]", "the command line so far")
    .action((words) => {
      world.terminal.stdout.write(complete(program, words.map(unmarked)));
    });
}
