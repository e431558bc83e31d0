// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Completion in shells, by @bomb.sh/tab: this file is all that knows it. The shell's script asks
 * `inet256 complete -- WORDS` at each TAB, and is answered candidates and a directive.
 *
 * Two things of tab are mended here: where a file is expected, the shell is told to complete
 * files; and the script for bash does not evaluate what stands on the command line.
 */
import { RootCommand, ShellCompDirective } from "@bomb.sh/tab";
import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";

/** The shells there is a script for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
/** One of them. */
export type Shell = (typeof SHELLS)[number];

/** The hidden command that scripts ask. */
export const COMPLETE_COMMAND = "complete";

/** The script for a shell; `name` is the command. */
export function completionScript(shell: Shell, name: string): string {
  const script = captured(() => new RootCommand().setup(name, name, shell));
  return shell === "bash" ? mendBash(script) : script;
}

/** The lines that answer a shell: candidates with descriptions, and last the directive. */
export function complete(program: CommandUnknownOpts, words: readonly string[]): string {
  const answer = captured(() => describeProgram(program).parse([...words]));
  if (!expectsFile(program, words)) return answer;
  return answer.replace(/^:\d+$/m, `:${ShellCompDirective.ShellCompDirectiveDefault}`);
}

// tab evaluates the words unquoted, which runs a $(command) among them, and never lets bash
// complete files.
function mendBash(script: string): string {
  const words = "$" + "{words[@]:1}";
  return script
    .replace(`-- ${words}"`, () => `-- $(printf "%q " "${words}")"`)
    .replace("\ncomplete -F ", "\ncomplete -o default -F ");
}

// tab prints with console.log and returns nothing.
function captured(run: () => void): string {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: unknown) => void lines.push(String(line));
  try {
    run();
  } finally {
    console.log = log;
  }
  return lines.map((line) => `${line}\n`).join("");
}

function describeProgram(program: CommandUnknownOpts): RootCommand {
  const root = new RootCommand();
  const help = program.createHelp();
  const globals = help.visibleOptions(program);
  const describe = (command: CommandUnknownOpts, path: readonly string[]): void => {
    const target = path.length === 0 ? root : root.command(path.join(" "), command.summary());
    for (const option of new Set([...help.visibleOptions(command), ...globals])) {
      describeOption(target, option);
    }
    for (const argument of command.registeredArguments) {
      const choices = argument.argChoices ?? [];
      target.argument(argument.name(), (offer) => {
        for (const choice of choices) offer(choice, "");
      });
    }
    for (const child of help.visibleCommands(command)) describe(child, [...path, child.name()]);
  };
  describe(program, []);
  return root;
}

function describeOption(target: Pick<RootCommand, "option">, option: Option): void {
  const long = option.long?.slice(2);
  if (long === undefined) return;
  const short = option.short?.slice(1);
  if (!option.required && !option.optional) {
    target.option(long, option.description, ...(short === undefined ? [] : [short]));
    return;
  }
  const choices = option.argChoices ?? [];
  target.option(
    long,
    option.description,
    (offer) => {
      for (const choice of choices) offer(choice, "");
    },
    short,
  );
}

/** Whether the word at the cursor, the last one, is a file. */
function expectsFile(program: CommandUnknownOpts, words: readonly string[]): boolean {
  const before = words.slice(0, -1);
  let command = program;
  for (const word of before) {
    command = command.commands.find((child) => child.name() === word) ?? command;
  }
  const previous = before.at(-1) ?? "";
  const option = command.options.find(({ long, short }) => previous === long || previous === short);
  if (option?.required === true) return option.flags.includes("<file>");
  if ((words.at(-1) ?? "").startsWith("-")) return false;
  return command.registeredArguments.some((argument) => argument.name().includes("file"));
}
