// SPDX-License-Identifier: GPL-3.0-or-later

import { existsSync } from "node:fs";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Address } from "@inet256/client";
import {
  formatIpv6,
  IdentityError,
  ipv6OfAddress,
  parseIpv6,
  prefixOfIpv6,
} from "@inet256/client/identity";
import { isAddress } from "../address-words.js";
import { addressArgument, fileArgument } from "../arguments.js";
import { examples, JSON_OPTION, newCommand } from "../command.js";
import { UsageError } from "../failures.js";
import { readPublicKey, STDIN } from "../keys.js";
import { print, printJson, type Terminal, type World } from "../world.js";

/** `inet256 ip6-addr`: between addresses and IPv6 addresses in 0200::/7. */
export function createIp6AddrCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "ip6-addr")
    .summary("print the IPv6 address of an address or key, or the reverse")
    .description(
      "Prints the IPv6 address in 0200::/7 that stands for an address. The reverse is only a\n" +
        "prefix of the address: prints its bits in hexadecimal and their number.",
    )
    .argument(
      "[address|file]",
      "an address, or a key file; - or nothing: a key on standard input",
      fileArgument("address"),
    )
    .option("-r, --reverse <ipv6>", "the prefix that an IPv6 address stands for", parseIp)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 ip6-addr key.pem", "where programs for IPv6 find the node"],
        ["inet256 ip6-addr --reverse 200:1:2:3:4:5:6:7", "the bits to search an address by"],
      ),
    )
    .action(async (place, { reverse, json }) => {
      const { terminal } = world;
      if (reverse !== undefined) {
        if (place !== undefined) throw new UsageError("--reverse: expected without an address");
        return printPrefix(terminal, reverse, json === true);
      }
      const address = await addressAt(place ?? STDIN, terminal);
      const ip6 = formatIpv6(ipv6OfAddress(address));
      if (json === true) printJson(terminal, { address, ip6 });
      else print(terminal, ip6);
    });
}

function parseIp(text: string): Uint8Array {
  try {
    return parseIpv6(text);
  } catch (error) {
    throw error instanceof IdentityError ? new UsageError(`--reverse: ${error.message}`) : error;
  }
}

function printPrefix(terminal: Terminal, ip: Uint8Array, json: boolean): void {
  const { prefix, nbits } = prefixOfIpv6(ip);
  const hex = Buffer.from(prefix).toString("hex");
  if (json) printJson(terminal, { prefix: hex, nbits });
  else print(terminal, `${hex} ${nbits}`);
}

// What is an address is never looked for as a file.
async function addressAt(place: string, terminal: Terminal): Promise<Address> {
  if (isAddress(place)) return addressArgument(place);
  if (place !== STDIN && !existsSync(place)) {
    throw new UsageError("address: expected an address of 43 characters, or an existing key file");
  }
  return (await readPublicKey(place, terminal)).address;
}
