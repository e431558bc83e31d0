// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Client } from "@inet256/client";
import { addressArgument } from "../arguments.js";
import { apiOf, examples, JSON_OPTION, newCommand } from "../command.js";
import { peerLines } from "../status/peers.js";
import { note, print, printJson, type World } from "../world.js";

const SAVE_OPTION = ["-s, --save", "change the daemon's configuration file too"] as const;

/** `inet256 peers`: the daemons that a daemon keeps links with. */
export function createPeersCommand(world: World): CommandUnknownOpts {
  const command: CommandUnknownOpts = newCommand(world, "peers")
    .summary("list, add and remove peers of the running daemon")
    .description(
      "Lists the daemons that the running daemon keeps links with. add and remove change them at once, until it ends; with --save its configuration file is changed too.",
    )
    .addHelpText(
      "after",
      examples(
        ["inet256 peers list", "who is there, and how far away?"],
        ["inet256 peers add ADDRESS 192.0.2.1:25632", "from now on, until the daemon ends"],
        ["inet256 peers add --save ADDRESS", "for good; it is expected to dial"],
        ["inet256 peers remove --save ADDRESS", "not any more"],
      ),
    );
  command.addCommand(createListCommand(world), { isDefault: true });
  command.addCommand(createAddCommand(world));
  command.addCommand(createRemoveCommand(world));
  return command;
}

function createListCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "list")
    .summary("print the peers")
    .description("Prints the peers with the paths to them. Without a word, peers does the same.")
    .option("-a, --all", "show every counter of each peer")
    .option(...JSON_OPTION)
    .addHelpText("after", examples(["inet256 peers list --json | jq .up", "for scripts"]))
    .action(({ all, json }, command) =>
      withClient(world, apiOf(command), async ({ admin }) => {
        const { terminal } = world;
        const peers = await admin.peers({ signal: terminal.interrupted });
        if (json === true) for (const peer of peers) printJson(terminal, peer);
        else
          for (const line of peerLines(peers, all === true ? "all" : "drops")) {
            print(terminal, line);
          }
        if (peers.length === 0) note(terminal, "no peers");
      }),
    );
}

function createAddCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "add")
    .summary("keep a link with a peer from now on")
    .description(
      "Keeps a link with a daemon from now on, dialled at the places that are given, besides those it has. Without any it is expected to dial.",
    )
    .argument("<address>", "the peer's own INET256 address", addressArgument)
    .argument("[places...]", "where it is, such as 192.0.2.1:25632 or [2001:db8::1]:25632")
    .option(...SAVE_OPTION)
    .addHelpText(
      "after",
      examples(["inet256 peers add --save ADDRESS 192.0.2.1:25632", "now and after a restart"]),
    )
    .action((address, places, { save }, command) =>
      withClient(world, apiOf(command), ({ admin }) =>
        admin.addPeer(address, places, {
          save: save === true,
          signal: world.terminal.interrupted,
        }),
      ),
    );
}

function createRemoveCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "remove")
    .summary("end the link with a peer")
    .description("Ends the link with a peer, which is told. Messages under way to it are lost.")
    .argument("<address>", "the peer's own INET256 address", addressArgument)
    .option(...SAVE_OPTION)
    .addHelpText(
      "after",
      examples(["inet256 peers remove --save ADDRESS", "now and after a restart"]),
    )
    .action((address, { save }, command) =>
      withClient(world, apiOf(command), ({ admin }) =>
        admin.removePeer(address, { save: save === true, signal: world.terminal.interrupted }),
      ),
    );
}

async function withClient(
  world: World,
  api: string | undefined,
  use: (client: Client) => Promise<void>,
): Promise<void> {
  const client = await world.connect(api, {});
  try {
    await use(client);
  } finally {
    await client.close();
  }
}
