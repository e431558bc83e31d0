// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { examples, newCommand } from "../command.js";
import type { World } from "../world.js";

/** `inet256 create-config`: a commented configuration, to begin from. */
export function createConfigCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "create-config")
    .summary("print a configuration with every key explained")
    .description(
      "Prints a configuration for the daemon with every key explained. As it stands it means the\n" +
        "defaults, with the private key in private_key.pem beside it.",
    )
    .addHelpText(
      "after",
      examples(
        ["inet256 create-config > config.yml", "begin with the defaults"],
        ["inet256 keygen --output private_key.pem", "make the key that it names"],
        ["inet256 daemon --config config.yml", "run a daemon with both"],
      ),
    )
    .action(async () => {
      const { exampleConfig } = await import("@inet256/mesh256");
      world.terminal.stdout.write(exampleConfig());
    });
}
