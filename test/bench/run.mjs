// SPDX-License-Identifier: GPL-3.0-or-later

// `npm run bench [-- local|clients|nodes|link|link-plain|recovery|daemons|round-trips …] [--json]`: figures of
// this machine; what is compared is measured side by side in the same run.
import { runClients } from "./clients/run.mjs";
import { runDaemons, runRoundTrips } from "./daemons/run.mjs";
import { runRecovery } from "./link/recovery.mjs";
import { runLink } from "./link/run.mjs";
import { runLocal } from "./local/run.mjs";
import { runNodes } from "./nodes/run.mjs";

const benches = {
  local: {
    title: "local delivery between two processes: the daemon beside a bare grpc-js hub, in turn",
    run: runLocal,
    columns: [
      ["bytes", (row) => String(row.size)],
      ["daemon/s", (row) => row.daemonPerSecond.toLocaleString("en")],
      ["hub/s", (row) => row.hubPerSecond.toLocaleString("en")],
      ["ratio", (row) => row.ratio.toFixed(2)],
      ["MB/s", (row) => row.daemonMBps.toFixed(0)],
      ["loss %", (row) => row.lossPercent.toFixed(2)],
      ["RTT p50 µs", (row) => String(row.rttP50Micros)],
      ["p99 µs", (row) => String(row.rttP99Micros)],
      ["hub p50 µs", (row) => String(row.hubRttP50Micros)],
      ["p99 µs", (row) => String(row.hubRttP99Micros)],
    ],
  },
  nodes: {
    title: "many nodes at one daemon",
    run: async () => [await runNodes()],
    columns: [
      ["nodes", (row) => row.nodes.toLocaleString("en")],
      ["opened/s", (row) => Math.round(row.openedPerSecond).toLocaleString("en")],
      ["KiB each", (row) => row.kibPerNode.toFixed(1)],
      ["idle CPU %", (row) => row.idlePercent.toFixed(2)],
      ["messages", (row) => `${row.arrived} of ${row.sampled}`],
    ],
  },
};

benches.clients = {
  title: "each language's client, from process to process at one daemon, in turn",
  run: runClients,
  columns: [
    ["client", (row) => row.language],
    ["bytes", (row) => row.size.toLocaleString("en")],
    ["messages/s", (row) => row.perSecond.toLocaleString("en")],
    ["MB/s", (row) => row.mbPerSecond.toFixed(0)],
    ["CPU µs: sender", (row) => row.sendMicros.toFixed(2)],
    ["receiver", (row) => row.receiveMicros.toFixed(2)],
    ["× TypeScript", (row) => row.ratio.toFixed(2)],
  ],
};

const linkColumns = [
  ["bytes", (row) => row.size.toLocaleString("en")],
  ["packets/s", (row) => Math.round(row.perSecond).toLocaleString("en")],
  ["MB/s", (row) => row.mbPerSecond.toFixed(0)],
  ["loss %", (row) => row.lossPercent.toFixed(2)],
  ["× dgram", (row) => row.overDgram.toFixed(2)],
  ["× segments", (row) => row.overSegments?.toFixed(2) ?? "-"],
  ["× AEAD", (row) => row.overAead?.toFixed(2) ?? "-"],
  ["µs send", (row) => row.sendMicros.toFixed(2)],
  ["µs receive", (row) => row.receiveMicros.toFixed(2)],
  ["RTT p50 µs", (row) => String(row.rttP50Micros)],
  ["sending, % of CPU", (row) => row.sending],
  ["receiving, % of CPU", (row) => row.receiving],
];
benches.link = {
  title: "two ends of a link over UDP on loopback, beside bare dgram, segments and AEAD in turn",
  run: () => runLink(),
  columns: linkColumns,
};
benches["link-plain"] = {
  title: "the same without the kernel's help: node:dgram alone",
  run: () => runLink({ plain: true }),
  columns: linkColumns,
};

benches.recovery = {
  title: "how long a link is out, over real UDP on this machine",
  run: runRecovery,
  columns: [
    ["when", (row) => row.what],
    ["claim ms", (row) => row.claimMs.toLocaleString("en")],
    ["median ms", (row) => row.medianMs.toFixed(0)],
    ["worst ms", (row) => row.worstMs.toFixed(0)],
  ],
};

const decimals = (value) => (Number.isNaN(value) ? "-" : value.toFixed(2));
benches.daemons = {
  title: "two daemons, API to API, beside a bare grpc-js hub, bare dgram and bare segments in turn",
  run: runDaemons,
  columns: [
    ["bytes", (row) => row.size.toLocaleString("en")],
    ["messages/s", (row) => row.perSecond.toLocaleString("en")],
    ["MB/s", (row) => row.mbPerSecond.toFixed(0)],
    ["sent", (row) => row.sent.toLocaleString("en")],
    ["lost", (row) => row.lost.toLocaleString("en")],
    ["twice", (row) => String(row.twice)],
    ["× hub", (row) => decimals(row.overHub)],
    ["× dgram", (row) => decimals(row.overDgram)],
    ["× segments", (row) => decimals(row.overSegments)],
    ["CPU µs: sender", (row) => row.micros[0].toFixed(2)],
    ["daemon", (row) => row.micros[1].toFixed(2)],
    ["daemon", (row) => row.micros[2].toFixed(2)],
    ["receiver", (row) => row.micros[3].toFixed(2)],
    ["load", (row) => row.load.toFixed(1)],
    ["lost where", (row) => row.where],
  ],
};
benches["round-trips"] = {
  title: "a round trip through two daemons, beside two gRPC echoes and one UDP echo",
  run: runRoundTrips,
  columns: [
    ["processes", (row) => row.placement],
    ["bytes", (row) => String(row.size)],
    ["p50 µs", (row) => String(row.p50Micros)],
    ["p99", (row) => String(row.p99Micros)],
    ["gRPC p50", (row) => String(row.grpcP50Micros)],
    ["p99", (row) => String(row.grpcP99Micros)],
    ["UDP p50", (row) => String(row.udpP50Micros)],
    ["p99", (row) => String(row.udpP99Micros)],
    ["÷ (2 gRPC + UDP)", (row) => row.ratio.toFixed(2)],
    ["CPU µs of all four", (row) => String(row.cpuMicros)],
    ["load", (row) => row.load.toFixed(1)],
  ],
};

const words = process.argv.slice(2);
const json = words.includes("--json");
const wanted = words.filter((word) => !word.startsWith("--"));
for (const name of wanted) {
  if (name in benches) continue;
  process.stderr.write(`bench: ${name}: unknown, expected ${Object.keys(benches).join(" or ")}\n`);
  process.exit(2);
}

function print({ title, columns }, rows) {
  const table = [
    columns.map(([head]) => head),
    ...rows.map((row) => columns.map(([, cell]) => cell(row))),
  ];
  const widths = columns.map((_, i) => Math.max(...table.map((line) => line[i].length)));
  process.stdout.write(`${title}\n`);
  for (const line of table) {
    process.stdout.write(`  ${line.map((cell, i) => cell.padStart(widths[i])).join("  ")}\n`);
  }
}

const results = {};
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const rows = await bench.run();
  results[name] = rows;
  if (!json) print(bench, rows);
}
if (json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
process.exit(0);
