// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { wipe } from "@inet256/client/identity";
import { fileArgument, oneOf } from "../arguments.js";
import { examples, newCommand } from "../command.js";
import { UsageError } from "../failures.js";
import { writePrivateFile } from "../files.js";
import { note, printJson, type Terminal, type World } from "../world.js";

const FORMATS = ["pkcs8", "inet256"] as const;

/** What `keygen` is told. */
interface KeygenOptions {
  readonly output?: string | undefined;
  readonly format?: (typeof FORMATS)[number] | undefined;
  readonly json?: boolean | undefined;
}

/** `inet256 keygen`: a new private key. */
export function createKeygenCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "keygen")
    .summary("make a private key")
    .description(
      "Makes an Ed25519 private key and prints it; its address goes to stderr. Whoever has the key\n" +
        "has the address.",
    )
    .option(
      "-o, --output <file>",
      "write a new file that only you can read, and print nothing",
      fileArgument("--output"),
    )
    .option(
      "-f, --format <format>",
      "pkcs8 (default; what openssl writes) or inet256, both PEM",
      oneOf("--format", FORMATS),
    )
    .option("--json", "with --output: print the address as JSON")
    .addHelpText(
      "after",
      examples(
        ["inet256 keygen > key.pem", "the key where it is redirected to"],
        ["inet256 keygen --output key.pem", "mode 0600, never over another file"],
      ),
    )
    .action((options) => keygen(world.terminal, options));
}

async function keygen(terminal: Terminal, options: KeygenOptions): Promise<void> {
  const { output, format, json } = options;
  if (json === true && output === undefined) {
    throw new UsageError("--json: expected together with --output, so that no key is in the JSON");
  }
  const { generateKey, keys } = await import("@inet256/client");
  const key = generateKey();
  const file = keys.encodeKeyFile(key, format ?? "pkcs8");
  key.wipe();
  if (output === undefined) {
    terminal.stdout.write(file);
    note(terminal, `${key.address}`);
    return;
  }
  writePrivateFile(output, file);
  wipe(file);
  if (json === true) printJson(terminal, { address: key.address, file: output });
  else note(terminal, `${key.address}`);
}
