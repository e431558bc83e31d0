// SPDX-License-Identifier: GPL-3.0-or-later

import { randomBytes } from "node:crypto";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Address, Client } from "@inet256/client";
import { addressArgument, fileArgument, secondsArgument, wholeNumber } from "../arguments.js";
import { apiOf, examples, JSON_OPTION, KEY_ABOUT, KEY_OPTION, newCommand } from "../command.js";
import { ReportedFailure } from "../failures.js";
import { type NodeChoice, withNode } from "../open-node.js";
import { createPingMessages, PING_BYTES, RUN_BYTES } from "../ping/message.js";
import { createJsonReporter, createTextReporter } from "../ping/report.js";
import { ping } from "../ping/run.js";
import type { World } from "../world.js";

const DEFAULT_SIZE = 64;
const DEFAULT_INTERVAL_MS = 1000;
const DEFAULT_TIMEOUT_MS = 5000;
const MTU = 65_535;

/** What `ping` is told. */
interface PingCommandOptions {
  readonly count?: number | undefined;
  readonly interval?: number | undefined;
  readonly size?: number | undefined;
  readonly timeout?: number | undefined;
  readonly json?: boolean | undefined;
}

/** `inet256 ping`: is somebody there, and how far away? */
export function createPingCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "ping")
    .summary("measure the round trip to an address")
    .description(
      "Sends messages to an address and measures how long they take to come back. Answers come\n" +
        "from every program that echoes, such as inet256 echo, and from every daemon's own\n" +
        "address. Without an address it pings the daemon it is connected to. Ends with exit code\n" +
        "0 if there was at least one reply.",
    )
    .argument("[address]", "whom to ping (default: the daemon)", addressArgument)
    .option(
      "-c, --count <number>",
      "how many (default: until Ctrl-C)",
      wholeNumber("--count", 1, 0xffff_ffff),
    )
    .option(
      "-i, --interval <seconds>",
      "from one to the next (default: 1)",
      secondsArgument("--interval", 0.001, 86_400),
    )
    .option(
      "-s, --size <bytes>",
      `of each message (default: ${DEFAULT_SIZE})`,
      wholeNumber("--size", PING_BYTES, MTU),
    )
    .option(
      "-W, --timeout <seconds>",
      "how long to wait for an answer (default: 5)",
      secondsArgument("--timeout", 0.001, 86_400),
    )
    .option(KEY_OPTION, KEY_ABOUT, fileArgument("--key"))
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 ping", "is the daemon there?"],
        ["inet256 ping -c 20 ADDRESS", "is that program there?"],
        ["inet256 ping -s 65535 -i 0.1 ADDRESS", "the longest messages, ten a second"],
      ),
    )
    .action((address, options, command) =>
      runPing(world, address, { api: apiOf(command), key: options.key }, options),
    );
}

async function runPing(
  world: World,
  address: Address | undefined,
  choice: NodeChoice,
  options: PingCommandOptions,
): Promise<void> {
  const { terminal } = world;
  const size = options.size ?? DEFAULT_SIZE;
  const statistics = await withNode(world, choice, async (node, client) => {
    const to = address ?? (await addressOfDaemon(client, terminal.interrupted));
    const reporter =
      options.json === true
        ? createJsonReporter(terminal, to)
        : createTextReporter(terminal, to, size);
    const begun = performance.now();
    const result = await ping(
      node,
      {
        to,
        messages: createPingMessages(randomBytes(RUN_BYTES), size),
        count: options.count,
        intervalMs: options.interval ?? DEFAULT_INTERVAL_MS,
        timeoutMs: options.timeout ?? DEFAULT_TIMEOUT_MS,
      },
      reporter,
      terminal.interrupted,
    );
    reporter.ended(result, performance.now() - begun);
    return result;
  });
  if (statistics.received === 0) throw new ReportedFailure();
}

async function addressOfDaemon(client: Client, signal: AbortSignal): Promise<Address> {
  return (await client.status({ signal })).address;
}
