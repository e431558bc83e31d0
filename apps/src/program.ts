// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The whole command line: which commands there are, and what becomes of a command that fails.
 * To add a command, write it in commands/ and add its line here.
 */
import { CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { markAddresses } from "./address-words.js";
import { newCommand } from "./command.js";
import { createAddrCommand } from "./commands/addr.js";
import { createCompleteCommand, createCompletionCommand } from "./commands/completion.js";
import { createConfigToolsCommand } from "./commands/config.js";
import { createConfigCommand } from "./commands/create-config.js";
import { createTokenCommand } from "./commands/create-token.js";
import { createDaemonCommand } from "./commands/daemon.js";
import { createEchoCommand } from "./commands/echo.js";
import { createExplainCommand } from "./commands/explain.js";
import { createIp6AddrCommand } from "./commands/ip6-addr.js";
import { createIslandCommand } from "./commands/island.js";
import { createKeygenCommand } from "./commands/keygen.js";
import { createListNetworksCommand } from "./commands/list-networks.js";
import { createLogLevelCommand } from "./commands/log-level.js";
import { createNcCommand } from "./commands/nc.js";
import { createPeersCommand } from "./commands/peers.js";
import { createPerfCommand } from "./commands/perf.js";
import { createPingCommand } from "./commands/ping.js";
import { createStatusCommand } from "./commands/status.js";
import { createTraceCommand } from "./commands/trace.js";
import { BadConfig } from "./config-file.js";
import { describeFailure, exitCodeOf, UsageError } from "./failures.js";
import { note, type World } from "./world.js";

/** The command `inet256` with all its commands. */
export function createProgram(world: World): CommandUnknownOpts {
  const program: CommandUnknownOpts = newCommand(world, "inet256")
    .description("INET256: 256-bit addresses for programs, and the daemon that connects them.")
    .usage("<command> [options]")
    .version(world.version, "-V, --version", "print the version")
    .option(
      "--api <endpoint>",
      "which daemon: unix:///path, tcp://host:port or tls://host:port (default: $INET256_API, " +
        "the user's own daemon, or the system's)",
    );
  program.commandsGroup("The daemon:");
  program.addCommand(createDaemonCommand(world));
  program.addCommand(createStatusCommand(world));
  program.addCommand(createPeersCommand(world));
  program.addCommand(createLogLevelCommand(world));
  program.addCommand(createConfigCommand(world));
  program.addCommand(createConfigToolsCommand(world));
  program.addCommand(createListNetworksCommand(world));
  program.addCommand(createIslandCommand(world));
  program.commandsGroup("Keys and addresses:");
  program.addCommand(createKeygenCommand(world));
  program.addCommand(createTokenCommand(world));
  program.addCommand(createAddrCommand(world));
  program.addCommand(createIp6AddrCommand(world));
  program.commandsGroup("Talking:");
  program.addCommand(createPingCommand(world));
  program.addCommand(createExplainCommand(world));
  program.addCommand(createTraceCommand(world));
  program.addCommand(createEchoCommand(world));
  program.addCommand(createNcCommand(world));
  program.addCommand(createPerfCommand(world));
  program.commandsGroup("The shell:");
  program.addCommand(createCompletionCommand(world));
  program.addCommand(createCompleteCommand(world, program), { hidden: true });
  program.helpCommand("help [command]", "show the help of a command");
  return program;
}

/** Runs a command line, without the names of node and of the script; resolves to the exit code. */
export async function run(words: readonly string[], world: World): Promise<number> {
  const program = createProgram(world);
  try {
    await program.parseAsync(markAddresses(words), { from: "user" });
    return 0;
  } catch (error) {
    const command = nameOf(program, words);
    const failure = error instanceof CommanderError ? usageErrorOf(error, command) : error;
    if (failure === undefined) return 0;
    report(world, command, failure);
    return exitCodeOf(failure);
  }
}

function report(world: World, command: string, failure: unknown): void {
  if (failure instanceof BadConfig) {
    for (const line of failure.lines) note(world.terminal, line);
    return;
  }
  const line = describeFailure(failure);
  if (line !== undefined) note(world.terminal, `${command}: ${line}`);
}

/** The words that name the command: `inet256 config check`. */
function nameOf(program: CommandUnknownOpts, words: readonly string[]): string {
  let command = program;
  let name = program.name();
  for (const word of words) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) continue;
    command = next;
    name += ` ${word}`;
  }
  return name;
}

/** What the parser of options ends with; undefined when it only showed help or the version. */
function usageErrorOf(error: CommanderError, command: string): UsageError | undefined {
  if (error.exitCode === 0) return undefined;
  if (error.code === "commander.help") {
    return new UsageError(`expected a command; see ${command} --help`);
  }
  const message = error.message
    .replace(/^error: /, "")
    .replace(/\.$/, "")
    .replace(/\s+/g, " ");
  return new UsageError(`${message}; see ${command} --help`);
}
