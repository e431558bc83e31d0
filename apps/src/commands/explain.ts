// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { RouteExplanation } from "@inet256/client";
import { addressArgument } from "../arguments.js";
import { apiOf, examples, JSON_OPTION, newCommand } from "../command.js";
import { CommandError, ReportedFailure } from "../failures.js";
import { formatCount, formatMicros, formatTable } from "../quantities.js";
import { print, printJson, type World } from "../world.js";

/** `inet256 explain`: which way messages to an address would go, and why. */
export function createExplainCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "explain")
    .summary("print which way messages to an address go, and why")
    .description(
      "Asks the daemon which way messages to an address would go now, and why: the peer that is\n" +
        "next on the way, the daemon that has the address (its router), the links on the way, and\n" +
        "what the way is taken to cost. The daemon looks for an address that it does not know, for\n" +
        "2 s at most. Sends nothing to the address. Ends with exit code 0 if there is a way.",
    )
    .argument("<address>", "whose way to explain", addressArgument)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 explain ADDRESS", "which way is it?"],
        ["inet256 explain --json ADDRESS | jq .hops", "for scripts"],
      ),
    )
    .action(async (address, { json }, command) => {
      const { terminal } = world;
      const client = await world.connect(apiOf(command), {});
      try {
        const way = await client.explain(address, { signal: terminal.interrupted });
        if (json === true) {
          printJson(terminal, { address, ...way });
          if (!way.ready) throw new ReportedFailure();
          return;
        }
        mustBeReached(way);
        for (const line of explanationLines(way)) print(terminal, line);
      } finally {
        await client.close();
      }
    });
}

/** Throws CommandError, which says why, for an address that there is no way to. */
export function mustBeReached({ ready, why }: RouteExplanation): void {
  if (!ready) throw new CommandError(`address: cannot be reached: ${why}`);
}

/** A sentence, then what is known of the way. */
export function explanationLines(way: RouteExplanation): string[] {
  const { why, nextHop, router, hops, costMicros } = way;
  const rows: (readonly [string, string])[] = [];
  if (nextHop !== undefined) rows.push(["next hop", `${nextHop}`]);
  if (router !== undefined) rows.push(["router", `${router}`]);
  if (hops !== undefined) rows.push(["hops", formatCount(hops)]);
  if (costMicros !== undefined) rows.push(["cost", formatMicros(costMicros)]);
  return [why, ...formatTable(rows, "  ")];
}
