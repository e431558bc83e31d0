// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { NetworkDescription, NetworkOptionDescription } from "@inet256/mesh256";
import { examples, JSON_OPTION, newCommand } from "../command.js";
import { formatTable } from "../quantities.js";
import { print, printJson, type World } from "../world.js";

/** `inet256 list-networks`: the routing algorithms to choose from. */
export function createListNetworksCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "list-networks")
    .summary("print the routing algorithms to choose from")
    .description(
      "Prints the routing algorithms that are built in, with their options: what network in the\n" +
        "configuration may be. All daemons of a network have the same. Needs no daemon.",
    )
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 list-networks", "what may network be in the configuration?"],
        ["inet256 list-networks --json | jq -r .name", "for scripts"],
      ),
    )
    .action(async ({ json }) => {
      const { terminal } = world;
      const { describeNetworks } = await import("@inet256/mesh256");
      const networks = describeNetworks();
      if (json === true) for (const network of networks) printJson(terminal, network);
      else for (const line of networkLines(networks)) print(terminal, line);
    });
}

/** The algorithms as people read them, an empty line between two. */
export function networkLines(networks: readonly NetworkDescription[]): readonly string[] {
  return networks.flatMap((network, index) => [
    ...(index === 0 ? [] : [""]),
    network.isDefault ? `${network.name} (default)` : network.name,
    `  ${network.description}`,
    ...optionLines(network.options),
  ]);
}

function optionLines(options: readonly NetworkOptionDescription[]): readonly string[] {
  if (options.length === 0) return ["  no options"];
  const rows = options.map((option) => [option.name, aboutOf(option)] as const);
  return ["  options:", ...formatTable(rows, "    ")];
}

function aboutOf({ description, required, ...option }: NetworkOptionDescription): string {
  const usual = option.default === undefined ? "" : `(default: ${textOf(option.default)})`;
  return [description, required ? "(required)" : usual].filter((part) => part !== "").join(" ");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
