// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { DaemonStatus } from "@inet256/client";
import { apiOf, examples, JSON_OPTION, newCommand } from "../command.js";
import { formatBytes, formatCount, formatTable, formatUptime } from "../quantities.js";
import { print, printJson, type World } from "../world.js";

/** `inet256 status`: what a daemon says of itself. */
export function createStatusCommand(world: World): CommandUnknownOpts {
  return newCommand(world, "status")
    .summary("print what the daemon is and what it has counted")
    .description("Prints the daemon's address, what it has open, and its counters.")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        ["inet256 status", "is it there, and what does it do?"],
        ["inet256 status --json | jq .counters", "for scripts"],
      ),
    )
    .action(async ({ json }, command) => {
      const { terminal } = world;
      const client = await world.connect(apiOf(command), {});
      try {
        const status = await client.status({ signal: terminal.interrupted });
        if (json === true) printJson(terminal, toJson(status));
        else for (const line of toLines(status)) print(terminal, line);
      } finally {
        await client.close();
      }
    });
}

function toJson({ publicKey, ...status }: DaemonStatus): unknown {
  return { ...status, publicKey: Buffer.from(publicKey.serialize()).toString("hex") };
}

function toLines(status: DaemonStatus): string[] {
  const counters = Object.entries(status.counters);
  const counts = counters.map(([, value]) => formatCount(value));
  const widest = Math.max(0, ...counts.map((count) => count.length));
  const rows = counters.map(([name], i) => [name, (counts[i] ?? "").padStart(widest)] as const);
  return [
    ...formatTable([
      ["address", `${status.address}`],
      ["version", status.version],
      ["uptime", formatUptime(status.uptimeMs)],
      ["endpoints", status.endpoints.join(", ")],
      ["nodes", formatCount(status.nodes)],
      ["clients", formatCount(status.clients)],
      ["streams", formatCount(status.streams)],
      ["queued", formatBytes(status.queuedBytes)],
    ]),
    ...(rows.length === 0 ? [] : ["", "counters", ...formatTable(rows, "  ")]),
  ];
}
