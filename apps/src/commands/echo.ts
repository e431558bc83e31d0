// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { fileArgument } from "../arguments.js";
import { apiOf, examples, JSON_OPTION, KEY_ABOUT, KEY_OPTION, newCommand } from "../command.js";
import { type EchoCounts, echoBack } from "../echo/echo-back.js";
import { type NodeChoice, withNode } from "../open-node.js";
import { formatBytes, formatMany } from "../quantities.js";
import { untilAborted } from "../wait.js";
import { note, print, printJson, type Terminal, type World } from "../world.js";

/** What `echo` is told. */
interface EchoCommandOptions {
  readonly quiet?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** `inet256 echo`: something to talk to. */
export function createEchoCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "echo")
    .summary("send every message back to its sender")
    .description(
      "Opens a node, prints its address, and sends every message back to whoever sent it, until\n" +
        "Ctrl-C.",
    )
    .option(KEY_OPTION, KEY_ABOUT, fileArgument("--key"))
    .option("-q, --quiet", "print the address only")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 echo", "something to ping and to talk to"],
        ["inet256 echo --key key.pem", "at the same address every time"],
      ),
    )
    .action((options, command) =>
      runEcho(world, { api: apiOf(command), key: options.key }, options),
    );
}

async function runEcho(
  world: World,
  choice: NodeChoice,
  { quiet, json }: EchoCommandOptions,
): Promise<void> {
  const { terminal } = world;
  const { interrupted } = terminal;
  const counts: EchoCounts = { messages: 0, bytes: 0, failed: 0 };
  await withNode(
    world,
    choice,
    async (node) => {
      if (json === true) printJson(terminal, { address: node.address });
      else print(terminal, `${node.address}`);
      if (quiet !== true) note(terminal, `echoing; try: inet256 ping ${node.address}`);
      await untilAborted(interrupted, () => echoBack(node, counts, interrupted));
    },
    {
      onEvent(event) {
        if (event.type === "refused") counts.failed += 1;
      },
    },
  );
  if (json === true) printJson(terminal, counts);
  else if (quiet !== true) noteCounts(terminal, counts);
}

function noteCounts(terminal: Terminal, { messages, bytes, failed }: EchoCounts): void {
  const lost = failed === 0 ? "" : `, ${formatMany(failed, "message")} could not be sent back`;
  note(terminal, `echoed ${formatMany(messages, "message")}, ${formatBytes(bytes)}${lost}`);
}
