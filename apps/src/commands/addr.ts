// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Address } from "@inet256/client";
import { formatIpv6, IdentityError, ipv6OfAddress } from "@inet256/client/identity";
import { fileArgument } from "../arguments.js";
import { examples, JSON_OPTION, newCommand } from "../command.js";
import { readPublicKey, STDIN } from "../keys.js";
import { note, print, printJson, type World } from "../world.js";

/** `inet256 addr`: the address of a key. */
export function createAddrCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "addr")
    .summary("print the address of a key")
    .description("Prints the address of a private or public key.")
    .argument(
      "[file]",
      "a key file: PKCS#8 or INET256 PEM, or the serialized key; - or nothing: standard input",
      fileArgument("file"),
    )
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 addr key.pem", "the address of a node with this key"],
        ["openssl genpkey -algorithm ed25519 | inet256 addr", "of a key that openssl made"],
      ),
    )
    .action(async (file, { json }) => {
      const { terminal } = world;
      if (file === undefined && terminal.stdin.isTTY === true) {
        note(terminal, "reading a key from standard input");
      }
      const { address, algorithm } = await readPublicKey(file ?? STDIN, terminal);
      if (json === true) printJson(terminal, { address, algorithm, ip6: ip6Text(address) });
      else print(terminal, `${address}`);
    });
}

/** The IPv6 address of an address; null for the few that have none. */
function ip6Text(address: Address): string | null {
  try {
    return formatIpv6(ipv6OfAddress(address));
  } catch (error) {
    if (error instanceof IdentityError) return null;
    throw error;
  }
}
