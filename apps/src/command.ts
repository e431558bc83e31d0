// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What all commands have in common: they print through the terminal they are given, end by
 * throwing, and show examples in their help. A new command begins with newCommand, in a file of
 * its own in commands/, and gets its line in program.ts.
 */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { columnsOf, type World } from "./world.js";

const HELP_WIDTH = 100;

/** A command without options, to be filled and added to another. */
export function newCommand(world: World, name: string): Command {
  const { stdout, stderr } = world.terminal;
  return new Command(name)
    .helpOption("-h, --help", "show this help")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      // Failures are thrown, and described in one place: program.ts.
      outputError: () => {},
      getOutHelpWidth: () => Math.min(columnsOf(stdout, HELP_WIDTH), HELP_WIDTH),
      getErrHelpWidth: () => Math.min(columnsOf(stderr, HELP_WIDTH), HELP_WIDTH),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .helpCommand(false)
    .exitOverride();
}

/** The option --json, in the same words everywhere. */
export const JSON_OPTION = ["--json", "print JSON, one object a line"] as const;
/** The option --key of every program that opens a node. */
export const KEY_OPTION = "-k, --key <file>";
/** What --key does. */
export const KEY_ABOUT = "the private key of the node (default: a fresh one, forgotten at the end)";

/** Help that follows the options: what to type, and what it does. */
export function examples(...lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([line]) => line.length));
  const shown = lines.map(([line, about]) => `  ${line.padEnd(width)}  # ${about}`);
  return ["", "Examples:", ...shown].join("\n");
}

/** The endpoint that --api names, wherever on the command line it stood. */
export function apiOf(command: CommandUnknownOpts): string | undefined {
  const { api }: { readonly api?: unknown } = command.optsWithGlobals();
  return typeof api === "string" ? api : undefined;
}
