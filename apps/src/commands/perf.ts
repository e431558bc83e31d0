// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Address, Node } from "@inet256/client";
import { addressArgument, fileArgument, secondsArgument, wholeNumber } from "../arguments.js";
import { apiOf, examples, JSON_OPTION, KEY_ABOUT, KEY_OPTION, newCommand } from "../command.js";
import { ReportedFailure, UsageError } from "../failures.js";
import { type NodeChoice, withNode } from "../open-node.js";
import {
  HEADER_BYTES,
  type LiveCounts,
  measureEcho,
  measureOneWay,
  type PerfResult,
  servePerf,
} from "../perf/index.js";
import { describeLive, describeReport, describeResult } from "../perf/text.js";
import { showProgress } from "../progress.js";
import { untilAborted } from "../wait.js";
import { note, print, printJson, type World } from "../world.js";

const DEFAULT_SIZE = 1400;
const DEFAULT_DURATION_MS = 10_000;
const MTU = 65_535;

/** `inet256 perf server` and `inet256 perf client`. */
export function createPerfCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "perf")
    .summary("measure messages a second, loss and round trips")
    .description("Measures what goes through between two nodes: run a server, then clients.")
    .addCommand(createServerCommand(world))
    .addCommand(createClientCommand(world));
}

function createServerCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "server")
    .summary("be the other end of measurements")
    .description("Prints its address, and counts or sends back what clients send, until Ctrl-C.")
    .option(KEY_OPTION, KEY_ABOUT, fileArgument("--key"))
    .option(...JSON_OPTION)
    .addHelpText("after", examples(["inet256 perf server", "then: inet256 perf client ADDRESS"]))
    .action((options, command) =>
      runServer(world, { api: apiOf(command), key: options.key }, options.json === true),
    );
}

async function runServer(world: World, choice: NodeChoice, json: boolean): Promise<void> {
  const { terminal } = world;
  const { interrupted } = terminal;
  await withNode(world, choice, async (node) => {
    if (json) printJson(terminal, { address: node.address });
    else {
      print(terminal, `${node.address}`);
      note(terminal, `measuring; try: inet256 perf client ${node.address}`);
    }
    const finished = (source: Address, report: Parameters<typeof describeReport>[0]): void => {
      if (json) printJson(terminal, { source, ...report });
      else print(terminal, `${source}: ${describeReport(report)}`);
    };
    await untilAborted(interrupted, () => servePerf(node, interrupted, { finished }));
  });
}

/** What `perf client` is told. */
interface ClientOptions {
  readonly size?: number | undefined;
  readonly rate?: number | undefined;
  readonly time?: number | undefined;
  readonly count?: number | undefined;
  readonly echo?: boolean | undefined;
  readonly window?: number | undefined;
  readonly json?: boolean | undefined;
}

const ABOUT = `\
Sends to a perf server as fast as the daemon takes it, and prints what arrived there: messages and
bytes a second, loss. With --echo every message is sent back, and round trips are measured; that
works with inet256 echo at the other end too. Ctrl-C ends a run early.`;

function createClientCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "client")
    .summary("measure to a server")
    .description(ABOUT)
    .argument("<address>", "of the server", addressArgument)
    .option(
      "-s, --size <bytes>",
      `of each message (default: ${DEFAULT_SIZE})`,
      wholeNumber("--size", HEADER_BYTES, MTU),
    )
    .option(
      "-r, --rate <number>",
      "messages a second (default: as many as possible)",
      wholeNumber("--rate", 1, 100_000_000),
    )
    .option(
      "-t, --time <seconds>",
      "how long (default: 10)",
      secondsArgument("--time", 0.001, 86_400),
    )
    .option(
      "-n, --count <number>",
      "how many messages, in place of a time",
      wholeNumber("--count", 1, 1_000_000_000_000),
    )
    .option("-e, --echo", "measure round trips")
    .option(
      "-w, --window <number>",
      "with --echo: how many are on their way at a time (default: 1)",
      wholeNumber("--window", 1, 65_536),
    )
    .option(KEY_OPTION, KEY_ABOUT, fileArgument("--key"))
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 perf client ADDRESS", "how much goes through?"],
        ["inet256 perf client --echo -s 64 ADDRESS", "how long does it take?"],
        ["inet256 perf client --echo -w 64 ADDRESS", "how long under load?"],
        ["inet256 perf client -r 1000 -t 60 ADDRESS", "is anything lost in a minute?"],
      ),
    )
    .action((address, options, command) =>
      runClient(world, address, { api: apiOf(command), key: options.key }, options),
    );
}

async function runClient(
  world: World,
  to: Address,
  choice: NodeChoice,
  options: ClientOptions,
): Promise<void> {
  checkTogether(options);
  const { terminal } = world;
  const echo = options.echo === true;
  const live: LiveCounts = { sent: 0, received: 0 };
  const result = await withNode(world, choice, async (node) => {
    const endProgress = showProgress(terminal, () => describeLive(live, echo));
    try {
      return await measure(node, to, options, live, terminal.interrupted);
    } finally {
      endProgress();
    }
  });
  if (options.json === true) printJson(terminal, result);
  else for (const line of describeResult(result)) print(terminal, line);
  if (result.received === 0) throw new ReportedFailure();
}

function measure(
  node: Node,
  to: Address,
  { size = DEFAULT_SIZE, rate, count, time, window, echo }: ClientOptions,
  live: LiveCounts,
  signal: AbortSignal,
): Promise<PerfResult> {
  const durationMs = time ?? (count === undefined ? DEFAULT_DURATION_MS : undefined);
  const options = { to, size, rate, count, durationMs, live, signal };
  return echo === true ? measureEcho(node, { ...options, window }) : measureOneWay(node, options);
}

function checkTogether({ time, count, window, rate, echo }: ClientOptions): void {
  if (time !== undefined && count !== undefined) {
    throw new UsageError("--count: expected without --time");
  }
  if (window !== undefined && (echo !== true || rate !== undefined)) {
    throw new UsageError("--window: expected together with --echo, and without --rate");
  }
}
