// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { fileArgument } from "../arguments.js";
import { examples, JSON_OPTION, newCommand } from "../command.js";
import { BadConfig, readConfig } from "../config-file.js";
import { ReportedFailure } from "../failures.js";
import { print, printJson, type World } from "../world.js";

/** `inet256 config check` and `inet256 config schema`. */
export function createConfigToolsCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "config")
    .summary("check a configuration, or describe it to an editor")
    .description("Checks a daemon's configuration, or describes all of them to an editor.")
    .addCommand(createCheckCommand(world))
    .addCommand(createSchemaCommand(world));
}

function createCheckCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "check")
    .summary("say what is wrong with a configuration, and where")
    .description(
      "Reads a configuration as the daemon would. Each problem is a line on stderr:\n" +
        "file:line:column: key: what is wrong, what was expected",
    )
    .argument("<file>", "the configuration", fileArgument("file"))
    .option(...JSON_OPTION)
    .addHelpText("after", examples(["inet256 config check config.yml", "before a restart"]))
    .action((file, { json }) => check(world, file, json === true));
}

async function check(world: World, file: string, json: boolean): Promise<void> {
  try {
    await readConfig(file);
  } catch (error) {
    if (!(error instanceof BadConfig) || !json) throw error;
    printJson(world.terminal, { ok: false, problems: error.problems });
    throw new ReportedFailure();
  }
  if (json) printJson(world.terminal, { ok: true, problems: [] });
  else print(world.terminal, `${file}: ok`);
}

function createSchemaCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "schema")
    .summary("print the JSON Schema of configurations")
    .description("Prints the JSON Schema of configurations, with which editors complete and check.")
    .addHelpText(
      "after",
      examples(["inet256 config schema > inet256.schema.json", "for the editor's YAML settings"]),
    )
    .action(async () => {
      const { configJsonSchema } = await import("@inet256/mesh256");
      print(world.terminal, JSON.stringify(configJsonSchema(), undefined, 2));
    });
}
