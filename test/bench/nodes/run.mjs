// SPDX-License-Identifier: GPL-3.0-or-later

// Ten thousand nodes at one daemon: what one costs, how long opening takes, what they burn when
// nobody talks, and that any two of them still reach each other.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, generateKey } from "@inet256/client";

const NODES = Number(process.env.BENCH_NODES ?? 10_000);
const AT_ONCE = 100;
const IDLE_MS = Number(process.env.BENCH_IDLE_MS ?? 10_000);
const SAMPLES = 200;

const residentKiB = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
// Clock ticks of 10 ms, user and system.
const processorMs = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Opens the nodes and measures; returns one row. */
export async function runNodes() {
  const folder = mkdtempSync(join(tmpdir(), "inet256-bench-"));
  const socketPath = join(folder, "s.sock");
  const daemon = spawn(
    process.execPath,
    [join(import.meta.dirname, "..", "daemon.mjs"), socketPath],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  try {
    await new Promise((resolve) => daemon.stdout.once("data", resolve));
    const keys = Array.from({ length: NODES }, generateKey);
    const client = connect(`unix://${socketPath}`);
    await client.status();
    const before = residentKiB(daemon.pid);
    const start = performance.now();
    const nodes = [];
    while (nodes.length < NODES) {
      const some = keys.slice(nodes.length, nodes.length + AT_ONCE);
      nodes.push(...(await Promise.all(some.map((key) => client.open(key)))));
    }
    const openMs = performance.now() - start;
    const kibPerNode = (residentKiB(daemon.pid) - before) / NODES;
    await pause(1000);
    const burnt = processorMs(daemon.pid);
    await pause(IDLE_MS);
    const idlePercent = (100 * (processorMs(daemon.pid) - burnt)) / IDLE_MS;
    let arrived = 0;
    for (let i = 0; i < SAMPLES; i++) {
      const from = nodes[Math.floor(Math.random() * NODES)];
      const to = nodes[Math.floor((i * NODES) / SAMPLES)];
      await from.send(to.address, Buffer.from([i & 0xff]));
      const { source, payload } = await to.receive();
      if (source.equals(from.address) && payload[0] === (i & 0xff)) arrived += 1;
    }
    const row = { nodes: NODES, openedPerSecond: NODES / (openMs / 1000), kibPerNode, idlePercent };
    return { ...row, sampled: SAMPLES, arrived };
  } finally {
    daemon.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
