// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { oneOf } from "../arguments.js";
import { apiOf, examples, JSON_OPTION, newCommand } from "../command.js";
import { print, printJson, type World } from "../world.js";
import { LOG_LEVELS } from "./daemon.js";

/** `inet256 log-level`: how much a running daemon logs. */
export function createLogLevelCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "log-level")
    .summary("print or change how much the running daemon logs")
    .description(
      "Prints how much the daemon logs, or changes it until the daemon ends or reads its configuration again. What is printed then is how much it was before.",
    )
    .argument("[level]", LOG_LEVELS.join(", "), oneOf("level", LOG_LEVELS))
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 log-level", "how much is it?"],
        ["inet256 log-level debug", "more, to find out what is wrong"],
      ),
    )
    .action(async (level, { json }, command) => {
      const { terminal } = world;
      const client = await world.connect(apiOf(command), {});
      const options = { signal: terminal.interrupted };
      try {
        const said =
          level === undefined
            ? await client.admin.logLevel(options)
            : await client.admin.setLogLevel(level, options);
        if (json !== true) print(terminal, said);
        else printJson(terminal, level === undefined ? { level: said } : { level, previous: said });
      } finally {
        await client.close();
      }
    });
}
