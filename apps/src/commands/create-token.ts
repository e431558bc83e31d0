// SPDX-License-Identifier: GPL-3.0-or-later

import { randomBytes } from "node:crypto";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { fileArgument } from "../arguments.js";
import { examples, newCommand } from "../command.js";
import { writePrivateFile } from "../files.js";
import type { Terminal, World } from "../world.js";

const TOKEN_BYTES = 32;

/** `inet256 create-token`: what a client shows to call over TCP. */
export function createTokenCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "create-token")
    .summary("make a token for calling the daemon over TCP")
    .description(
      "Makes a token and prints it: 64 hexadecimal digits of 32 random bytes. Whoever has it may call\n" +
        "the daemon whose configuration names its file as api.token_path.",
    )
    .option(
      "-o, --output <file>",
      "write a new file that only you can read, and print nothing",
      fileArgument("--output"),
    )
    .addHelpText(
      "after",
      examples(
        ["inet256 create-token --output api_token", "mode 0600, as it must be"],
        ["INET256_API_TOKEN_FILE=api_token inet256 --api tls://host status", "with it"],
      ),
    )
    .action(({ output }) => createToken(world.terminal, output));
}

function createToken(terminal: Terminal, output: string | undefined): void {
  const bytes = randomBytes(TOKEN_BYTES);
  const line = Buffer.from(`${bytes.toString("hex")}\n`);
  bytes.fill(0);
  if (output === undefined) {
    terminal.stdout.write(line);
    return;
  }
  writePrivateFile(output, line);
  line.fill(0);
}
