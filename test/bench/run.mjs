// SPDX-License-Identifier: GPL-3.0-or-later

// `npm run bench [-- --json]`: figures of this machine, as ratios measured side by side.
import { runLocal } from "./local/run.mjs";

const rows = await runLocal();
if (process.argv.includes("--json")) {
  process.stdout.write(`${JSON.stringify({ local: rows }, null, 2)}\n`);
} else {
  const columns = [
    ["bytes", (row) => String(row.size)],
    ["daemon/s", (row) => row.daemonPerSecond.toLocaleString("en")],
    ["hub/s", (row) => row.hubPerSecond.toLocaleString("en")],
    ["ratio", (row) => row.ratio.toFixed(2)],
    ["MB/s", (row) => row.daemonMBps.toFixed(0)],
    ["loss %", (row) => row.lossPercent.toFixed(2)],
    ["RTT p50 µs", (row) => String(row.rttP50Micros)],
    ["p99", (row) => String(row.rttP99Micros)],
    ["hub p50 µs", (row) => String(row.hubRttP50Micros)],
    ["p99", (row) => String(row.hubRttP99Micros)],
  ];
  const table = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, i) => Math.max(...table.map((line) => line[i].length)));
  process.stdout.write("local delivery, two processes: our daemon beside a bare grpc-js hub\n");
  for (const line of table) {
    process.stdout.write(`${line.map((cell, i) => cell.padStart(widths[i])).join("  ")}\n`);
  }
}
