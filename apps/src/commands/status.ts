// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Client, DaemonStatus } from "@inet256/client";
import { secondsArgument } from "../arguments.js";
import { apiOf, examples, JSON_OPTION, newCommand } from "../command.js";
import { nodeLines } from "../status/nodes.js";
import { createScreen } from "../status/screen.js";
import { statusLines } from "../status/text.js";
import { print, printJson, type World } from "../world.js";

/** Milliseconds between two pages of --watch. */
const WATCH_MS = 1000;

/** `inet256 status`: what a daemon says of itself. */
export function createStatusCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "status")
    .summary("print what the daemon is, its peers, and what it has counted")
    .description(
      "Prints the daemon's address, what it has open, its peers with the paths to them, and its counters. Counters of what was dropped, lost or refused are shown once that has happened.",
    )
    .option("-a, --all", "show every counter, those of each peer too")
    .option("-r, --routes", "show the ways to other daemons, far ones too")
    .option("-n, --nodes", "show the nodes that are open, with what waits for them")
    .option(
      "-w, --watch [seconds]",
      "show it again and again, every second unless told otherwise, until Ctrl-C",
      secondsArgument("--watch", 0.1, 3600),
    )
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 status", "is it there, and what does it do?"],
        ["inet256 status --routes", "which daemons does it reach, and through whom?"],
        ["inet256 status --watch", "what is going on?"],
        ["inet256 status --json | jq .counters", "for scripts"],
        ["inet256 status --json | jq '.peers[].up'", "are the peers there?"],
      ),
    )
    .action(async (options, command) => {
      const client = await world.connect(apiOf(command), {});
      try {
        if (options.watch === undefined) await showOnce(world, client, options);
        else await showAgain(world, client, options, options.watch);
      } finally {
        await client.close();
      }
    });
}

/** What is shown, and how. */
interface Wishes {
  readonly all?: boolean | undefined;
  readonly routes?: boolean | undefined;
  readonly nodes?: boolean | undefined;
  readonly json?: boolean | undefined;
}

async function showOnce(world: World, client: Client, wishes: Wishes): Promise<void> {
  const { terminal } = world;
  const signal = terminal.interrupted;
  const status = await client.status({ signal });
  if (wishes.json === true) printJson(terminal, toJson(status));
  else for (const line of lines(status, wishes)) print(terminal, line);
  if (wishes.nodes !== true) return;
  if (wishes.json !== true) print(terminal, "");
  for await (const nodes of client.admin.nodes({ signal })) {
    if (wishes.json === true) for (const node of nodes) printJson(terminal, node);
    else for (const line of nodeLines(nodes)) print(terminal, line);
  }
}

/** Until Ctrl-C, which is a normal end. */
async function showAgain(
  world: World,
  client: Client,
  wishes: Wishes,
  seconds: number | true,
): Promise<void> {
  const { terminal } = world;
  const signal = terminal.interrupted;
  const intervalMs = seconds === true ? WATCH_MS : seconds;
  const screen = createScreen(terminal.stdout);
  try {
    for await (const status of client.admin.watch({ intervalMs, signal })) {
      if (wishes.json === true) printJson(terminal, toJson(status));
      else screen.draw(lines(status, wishes));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    screen.end();
  }
}

function lines(status: DaemonStatus, { all, routes }: Wishes): readonly string[] {
  return statusLines(status, { detail: all === true ? "all" : "drops", routes: routes === true });
}

function toJson({ publicKey, ...status }: DaemonStatus): unknown {
  return { ...status, publicKey: Buffer.from(publicKey.serialize()).toString("hex") };
}
