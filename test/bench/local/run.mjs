// SPDX-License-Identifier: GPL-3.0-or-later

// Two processes at one machine: through the daemon, and beside it through a bare grpc-js hub with
// the same codec, in turn in the same run. Prints a table, and JSON with --json.
import { fork, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const here = import.meta.dirname;
const SIZES = [64, 1400, 32 * 1024, 65_535];
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const PUSH_MS = Number(process.env.BENCH_MS ?? 2000);
const ROUND_TRIPS = 2000;
const BATCH_BYTES = Number(process.env.BENCH_BATCH_BYTES ?? 256 * 1024 - 64);

const folder = mkdtempSync(join(tmpdir(), "inet256-bench-"));
const ask = (child, message) =>
  new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`a bench process ended with ${code}`)));
    if (message !== undefined) child.send(message);
  });
const listening = (child, text) =>
  new Promise((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      if (chunk.toString().includes(text)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`a server ended with ${code}`)));
  });

async function startServer(kind, socketPath) {
  const args =
    kind === "hub"
      ? [join(here, "hub.mjs"), socketPath]
      : [join(here, "..", "daemon.mjs"), socketPath];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await listening(child, "ready");
  return child;
}

async function startEnd(kind, socketPath, role, peer = "") {
  const child = fork(join(here, "end.mjs"), [kind, socketPath, role, String(BATCH_BYTES), peer]);
  const { address } = await ask(child);
  return { child, address };
}

async function measure(kind, size) {
  const socketPath = join(folder, `${kind}.sock`);
  const server = await startServer(kind, socketPath);
  try {
    const receiver = await startEnd(kind, socketPath, "receiver");
    const sender = await startEnd(kind, socketPath, "sender", receiver.address);
    await ask(receiver.child, { command: "count" });
    const pushed = await ask(sender.child, { command: "push", options: { size, ms: PUSH_MS } });
    const counted = await settled(receiver.child);
    await ask(receiver.child, { command: "echo" });
    const trips = await ask(sender.child, {
      command: "roundTrips",
      options: { size, count: ROUND_TRIPS },
    });
    for (const { child } of [receiver, sender]) child.send({ command: "close" });
    return {
      perSecond: counted.count / (counted.ms / 1000),
      lossPercent: (100 * (pushed.sent - counted.count)) / pushed.sent,
      ...trips,
    };
  } finally {
    server.kill();
    rmSync(socketPath, { force: true });
  }
}

// The count when it has not grown for a while.
async function settled(child) {
  let before = -1;
  for (;;) {
    const now = await ask(child, { command: "report" });
    if (now.count === before) return now;
    before = now.count;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Measures all sizes; returns one row a size. */
export async function runLocal() {
  const rows = [];
  for (const size of SIZES) {
    const runs = [];
    for (let round = 0; round < ROUNDS; round++) {
      const hub = await measure("hub", size);
      const daemon = await measure("daemon", size);
      runs.push({ hub, daemon });
    }
    const of = (kind, key) => median(runs.map((run) => run[kind][key]));
    rows.push({
      size,
      daemonPerSecond: Math.round(of("daemon", "perSecond")),
      hubPerSecond: Math.round(of("hub", "perSecond")),
      ratio: median(runs.map((run) => run.daemon.perSecond / run.hub.perSecond)),
      daemonMBps: (of("daemon", "perSecond") * size) / 1e6,
      lossPercent: of("daemon", "lossPercent"),
      rttP50Micros: of("daemon", "p50"),
      rttP99Micros: of("daemon", "p99"),
      hubRttP50Micros: of("hub", "p50"),
      hubRttP99Micros: of("hub", "p99"),
    });
  }
  rmSync(folder, { recursive: true, force: true });
  return rows;
}
