// SPDX-License-Identifier: GPL-3.0-or-later

import { randomBytes } from "node:crypto";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { type Address, type Node, stopsOf } from "@inet256/client";
import { addressArgument, fileArgument, secondsArgument, wholeNumber } from "../arguments.js";
import { apiOf, examples, JSON_OPTION, KEY_ABOUT, KEY_OPTION, newCommand } from "../command.js";
import { ReportedFailure } from "../failures.js";
import { type NodeChoice, withNode } from "../open-node.js";
import { createPingMessages, RUN_BYTES } from "../ping/message.js";
import type { PingReporter } from "../ping/report.js";
import { ping } from "../ping/run.js";
import { stopJson, stopLine } from "../trace/report.js";
import { print, printJson, type World } from "../world.js";
import { mustBeReached } from "./explain.js";

const SIZE = 64;
const DEFAULT_COUNT = 3;
const INTERVAL_MS = 50;
const DEFAULT_TIMEOUT_MS = 2000;

/** What `trace` is told. */
interface TraceCommandOptions {
  readonly count?: number | undefined;
  readonly timeout?: number | undefined;
  readonly json?: boolean | undefined;
}

const ABOUT = `\
Asks the daemon which way messages to an address go, then pings what it knows of the way: the peer
that is next (next hop), the daemon that has the address (router), and the address itself (node).
Prints how many links away each is, and the fastest of its round trips. Daemons between the next
hop and the router are not shown: no daemon knows more of a way than where it begins and ends.
Every daemon answers pings; of programs only those do that echo, such as inet256 echo. Ends with
exit code 0 if the router or the node answered.`;

/** `inet256 trace`: the way to an address, with round trips. */
export function createTraceCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "trace")
    .summary("measure the round trips along the way to an address")
    .description(ABOUT)
    .argument("<address>", "whose way to trace", addressArgument)
    .option(
      "-c, --count <number>",
      `how many pings each gets, 1 to 100 (default: ${DEFAULT_COUNT})`,
      wholeNumber("--count", 1, 100),
    )
    .option(
      "-W, --timeout <seconds>",
      "how long to wait for an answer (default: 2)",
      secondsArgument("--timeout", 0.001, 86_400),
    )
    .option(KEY_OPTION, KEY_ABOUT, fileArgument("--key"))
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 trace ADDRESS", "where on the way is it slow?"],
        ["inet256 trace --json ADDRESS", "for scripts"],
      ),
    )
    .action((address, options, command) =>
      runTrace(world, address, { api: apiOf(command), key: options.key }, options),
    );
}

async function runTrace(
  world: World,
  to: Address,
  choice: NodeChoice,
  options: TraceCommandOptions,
): Promise<void> {
  const { terminal } = world;
  const { interrupted } = terminal;
  const json = options.json === true;
  await withNode(world, choice, async (node, client) => {
    const way = await client.explain(to, { signal: interrupted });
    if (json) printJson(terminal, { type: "way", address: to, ...way });
    else mustBeReached(way);
    if (!way.ready) throw new ReportedFailure();
    if (!json) print(terminal, `TRACE ${to}: ${way.why}`);
    let arrived = false;
    for (const stop of stopsOf(to, way)) {
      const rttMs = await roundTrip(node, stop.address, options, interrupted);
      interrupted.throwIfAborted();
      const result = { ...stop, rttMs };
      if (json) printJson(terminal, stopJson(result));
      else print(terminal, stopLine(result));
      if (stop.role !== "next-hop" && rttMs !== undefined) arrived = true;
    }
    if (!arrived) throw new ReportedFailure();
  });
}

/** Hears of single pings, and says nothing: a stop has one line. */
const SILENT: PingReporter = { arrived() {}, overdue() {}, refused() {}, ended() {} };

/** The fastest of some round trips in milliseconds; undefined: nothing came back. */
async function roundTrip(
  node: Node,
  to: Address,
  { count = DEFAULT_COUNT, timeout = DEFAULT_TIMEOUT_MS }: TraceCommandOptions,
  interrupted: AbortSignal,
): Promise<number | undefined> {
  const messages = createPingMessages(randomBytes(RUN_BYTES), SIZE);
  const how = { to, messages, count, intervalMs: INTERVAL_MS, timeoutMs: timeout };
  return (await ping(node, how, SILENT, interrupted)).rtt?.min;
}
