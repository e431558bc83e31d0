// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { DaemonStatus } from "@inet256/client";
import { apiOf, examples, JSON_OPTION, newCommand } from "../command.js";
import { statusLines } from "../status/text.js";
import { print, printJson, type World } from "../world.js";

/** `inet256 status`: what a daemon says of itself. */
export function createStatusCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "status")
    .summary("print what the daemon is, its peers, and what it has counted")
    .description(
      "Prints the daemon's address, what it has open, its peers with the paths to them, and its counters. Counters of what was dropped, lost or refused are shown once that has happened.",
    )
    .option("-a, --all", "show every counter, those of each peer too")
    .option("-r, --routes", "show the ways to other daemons, far ones too")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 status", "is it there, and what does it do?"],
        ["inet256 status --routes", "which daemons does it reach, and through whom?"],
        ["inet256 status --json | jq .counters", "for scripts"],
        ["inet256 status --json | jq '.peers[].up'", "are the peers there?"],
      ),
    )
    .action(async ({ all, routes, json }, command) => {
      const { terminal } = world;
      const client = await world.connect(apiOf(command), {});
      try {
        const status = await client.status({ signal: terminal.interrupted });
        if (json === true) printJson(terminal, toJson(status));
        else {
          const lines = statusLines(status, {
            detail: all === true ? "all" : "drops",
            routes: routes === true,
          });
          for (const line of lines) print(terminal, line);
        }
      } finally {
        await client.close();
      }
    });
}

function toJson({ publicKey, ...status }: DaemonStatus): unknown {
  return { ...status, publicKey: Buffer.from(publicKey.serialize()).toString("hex") };
}
