// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { fileArgument, oneOf, wholeNumber } from "../arguments.js";
import { apiOf, examples, JSON_OPTION, newCommand } from "../command.js";
import { refuseTraces } from "../daemon/trace-guard.js";
import { UsageError } from "../failures.js";
import { openIslandFolder } from "../island/folder.js";
import { type Island, type Islander, islandConfig, startIsland } from "../island/island.js";
import { isComplete, TOPOLOGIES, type Topology } from "../island/topology.js";
import { aborted } from "../wait.js";
import { note, print, printJson, type World } from "../world.js";
import { LOG_LEVELS, nameOfCommand } from "./daemon.js";

const FEWEST = 2;
const MOST = 64;

/** What `island` is told. */
interface IslandCommandOptions {
  readonly api: string | undefined;
  readonly daemons?: number | undefined;
  readonly topology?: Topology | undefined;
  readonly network?: string | undefined;
  readonly folder?: string | undefined;
  readonly logLevel?: (typeof LOG_LEVELS)[number] | undefined;
  readonly unsafeTrace?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const ABOUT = `\
Runs several daemons in this process, peers of each other over memory, until Ctrl-C: a network to
develop against. Each has an address and a socket of its own; programs talk through the one that
$INET256_API or --api names. Keys are fresh and sockets lie in a temporary folder, unless --folder
names one: keys are kept there, and addresses stay the same. The log goes to stderr.`;

/** `inet256 island`: a network on one machine. */
export function createIslandCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "island")
    .summary("run several daemons that are peers, to develop with")
    .description(ABOUT)
    .option(
      "-d, --daemons <n>",
      `how many, ${FEWEST} to ${MOST} (default: ${FEWEST})`,
      wholeNumber("--daemons", FEWEST, MOST),
    )
    .option(
      "-t, --topology <form>",
      `who is whose peer: ${TOPOLOGIES.join(", ")} (default: full)`,
      oneOf("--topology", TOPOLOGIES),
    )
    .option(
      "-n, --network <name>",
      "the routing algorithm, as list-networks prints it (default: as in a configuration)",
    )
    .option("-f, --folder <dir>", "where keys and sockets are", fileArgument("--folder"))
    .option(
      "--log-level <level>",
      `${LOG_LEVELS.join(", ")} (default: warn)`,
      oneOf("--log-level", LOG_LEVELS),
    )
    .option("--unsafe-trace", "run although gRPC's trace variables would write tokens to the log")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 island", "two daemons, peers of each other"],
        ["inet256 island -d 5 -t ring", "five, each with two peers"],
        ["mkdir net && inet256 island --folder net", "with the same addresses every time"],
      ),
    )
    .action((options, command) => runIsland(world, { ...options, api: apiOf(command) }));
}

async function runIsland(world: World, options: IslandCommandOptions): Promise<void> {
  const { terminal } = world;
  const { daemons = FEWEST, topology = "full", logLevel = "warn" } = options;
  if (options.api !== undefined) {
    throw new UsageError("--api: an island has several endpoints, expected --folder for where");
  }
  if (options.unsafeTrace !== true) refuseTraces(terminal.env);
  const config = await islandConfig(options.network, logLevel);
  const folder = openIslandFolder(options.folder, terminal.env);
  try {
    const island = await startIsland(world, { daemons, topology, config, folder });
    try {
      if (!terminal.interrupted.aborted) {
        if (config.network.name === "onehop" && !isComplete(topology, daemons)) {
          note(terminal, "note: onehop reaches direct peers only; nothing is carried for others");
        }
        introduce(island, world, options.json === true);
      }
      await aborted(terminal.interrupted);
    } finally {
      await island.stop();
    }
  } finally {
    folder.remove();
  }
}

function introduce({ islanders }: Island, { terminal }: World, json: boolean): void {
  if (json) {
    for (const { name, daemon } of islanders) {
      const { address, endpoint } = daemon;
      printJson(terminal, { name, address: address.toString(), endpoint });
    }
    return;
  }
  for (const { name, daemon } of islanders) {
    print(terminal, `${name.padEnd(3)}  ${daemon.address}  ${daemon.endpoint}`);
  }
  print(terminal, "");
  print(terminal, "Try next, in other terminals:");
  for (const islander of islanders)
    print(terminal, `  ${tryNext(islander, nameOfCommand(terminal))}`);
}

/** A ping of a neighbour. */
function tryNext({ daemon, neighbours }: Islander, command: string): string {
  return `INET256_API=${daemon.endpoint} ${command} ping ${neighbours[0]}`;
}
