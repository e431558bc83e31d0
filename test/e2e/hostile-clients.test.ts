// SPDX-License-Identifier: GPL-3.0-or-later

// Hostile clients against a real daemon, each in a process of its own: what they do to its memory,
// and to the round trips of somebody else, side by side in one run: quiet, attacked. Figures are
// printed by `npm run long -- hostile-clients`; here only ten times what is claimed fails.
//
// What counts is the daemon's fairness, not the kernel's: a kernel that does not preempt lets any
// program that computes keep others waiting for milliseconds. So where it is measured the daemon and
// the one who measures have real-time priority, where they may; the attacker has what they leave. The
// attack `spin`, which has nothing to do with the daemon, shows what that is worth. With
// HOSTILE_PRIORITY=usual they have no such priority, and the attacker a nice value of 10.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Client, connect, generateKey, type Node } from "@inet256/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorkshop, type StartedProcess, type Workshop } from "../support/processes.js";

const ATTACKER = fileURLToPath(new URL("../support/hostile/client.mjs", import.meta.url));
const ROUNDS = Number(process.env["HOSTILE_ROUNDS"] ?? 200);
const BYTES = Number(process.env["HOSTILE_BYTES"] ?? 200e6);
const PRINTED = process.env["HOSTILE_ROUNDS"] !== undefined;
/** Until V8 has compiled what a round trip needs, where it is measured. */
const WARM_ROUNDS = PRINTED ? 4_000 : 100;
const LONGEST_MS = 3_600_000;
const WAIT_MS = 60_000;

const MIB = 1024 * 1024;
const NODES = 2_000;
const CLIENTS = 32;
const QUEUED = 64 * MIB;
const CONFIG = `
transports: []
log: {level: error, format: json}
limits: {nodes: ${NODES}, clients: ${CLIENTS}, queued_bytes: ${QUEUED}}
`;
/**
 * What the daemon may take beyond what it has when idle, as docs/architecture.md says it: 32 KiB a
 * node, a MiB a connection, what may be queued, and the collector's slack.
 */
const BOUND = NODES * 32 * 1024 + CLIENTS * MIB + QUEUED + 96 * MIB;

/** Gives a process and its threads real-time priority; whether that was possible. */
function hurry(pid: number): boolean {
  return spawnSync("chrt", ["--all-tasks", "--fifo", "--pid", "10", String(pid)]).status === 0;
}
const HURRIES = PRINTED && process.env["HOSTILE_PRIORITY"] !== "usual" && hurry(process.pid);
const AS_ATTACKER = HURRIES ? "chrt --other 0" : `nice -n ${PRINTED ? 10 : 0}`;

let workshop: Workshop;
let daemon: StartedProcess;
let idle: number;
let clients: readonly Client[];
let near: Node;
let far: Node;

/** The most memory that the daemon has had in RAM so far, in bytes. */
function mostMemory(): number {
  const [, kib = "0"] =
    /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${daemon.pid}/status`, "utf8")) ?? [];
  return Number(kib) * 1024;
}

/** Milliseconds of round trips between two nodes, sorted; while `going`, and at least `least`. */
async function roundTrips(least: number, going = (): boolean => false): Promise<readonly number[]> {
  const times: number[] = [];
  while (times.length < least || going()) {
    const start = performance.now();
    const payload = Buffer.from(`${times.length}`);
    await near.send(far.address, payload);
    const there = await far.receive();
    await far.send(there.source, there.payload);
    const back = await near.receive();
    times.push(performance.now() - start);
    expect(Buffer.from(back.payload)).toEqual(payload);
  }
  return times.sort((a, b) => a - b);
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;

// Each attack has a daemon of its own: garbage may hold places of connections for seconds.
beforeEach(async () => {
  workshop = createWorkshop();
  writeFileSync(workshop.path("config.yml"), CONFIG);
  daemon = await workshop.startDaemon(["--config", "config.yml"]);
  if (HURRIES) hurry(daemon.pid);
  clients = [connect(workshop.endpoint), connect(workshop.endpoint)];
  const [a, b] = await Promise.all(clients.map((client) => client.open(generateKey())));
  if (a === undefined || b === undefined) throw new Error("not open");
  [near, far] = [a, b];
  await roundTrips(WARM_ROUNDS);
  idle = mostMemory();
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await workshop.end();
});

/** A counter of the daemon, or how many nodes are open. */
async function seen(name: string): Promise<number> {
  const status = await clients[0]?.status();
  return name === "nodes" ? (status?.nodes ?? 0) : Number(status?.counters[name] ?? 0);
}

/** Each attack, and what shows that it took place: a counter that rises, or nodes that are open; none of `spin`. */
const ATTACKS: readonly (readonly [attack: string, sign: string])[] = [
  ["spin", ""],
  ["opens", "nodes"],
  ["silent", "datagrams_lost_inbox_full"],
  ["bulk", "api_streams_opened"],
  ["noise", "api_connections"],
  ["resets", "api_connections"],
  ["continuations", "api_connections"],
  ["headers", "api_connections_cut"],
  ["headers7k", "api_connections_cut"],
  ["headers600", "api_connections"],
  ["control", "api_connections"],
  ["protobuf", "api_requests_malformed"],
];

// Where there is no /proc, nothing tells how much memory another process has.
describe.runIf(process.platform === "linux")(
  "hostile-client-leaves-others-and-memory-alone",
  () => {
    it.each(ATTACKS)(
      "%s",
      async (attack, sign) => {
        const quiet = await roundTrips(ROUNDS);
        const before = await seen(sign);
        const socket = workshop.endpoint.slice("unix://".length);
        const bytes = attack === "bulk" ? BYTES : 0;
        const attacker = workshop.shell(
          `exec ${AS_ATTACKER} "${process.execPath}" "${ATTACKER}" "${socket}" ${attack} ${bytes}`,
        );
        await attacker.stdout.waitFor(/ready/);
        const unfinished = (): boolean => bytes > 0 && !attacker.stdout.text.includes("done");
        const attacked = await roundTrips(ROUNDS, unfinished);
        if (sign !== "") {
          await expect.poll(() => seen(sign), { timeout: WAIT_MS }).toBeGreaterThan(before);
        }
        attacker.kill("SIGKILL");
        // All it had is given back.
        await expect.poll(() => seen("nodes"), { timeout: WAIT_MS }).toBe(2);
        await expect
          .poll(async () => (await clients[0]?.status())?.queuedBytes, { timeout: WAIT_MS })
          .toBe(0);
        const [before99, after99] = [quantile(quiet, 0.99), quantile(attacked, 0.99)];
        if (PRINTED) print(attack, quiet, attacked);
        expect(mostMemory()).toBeLessThan(idle + BOUND);
        expect(after99).toBeLessThan(Math.max(20 * before99, 500));
      },
      LONGEST_MS,
    );
  },
);

function print(attack: string, quiet: readonly number[], attacked: readonly number[]): void {
  const ms = (sorted: readonly number[]): string =>
    [0.5, 0.99, 1].map((q) => quantile(sorted, q).toFixed(2).padStart(8)).join("");
  const memory = `${Math.round(idle / MIB)} -> ${Math.round(mostMemory() / MIB)} MiB`;
  const bound = `at most ${Math.round((idle + BOUND) / MIB)}`;
  process.stdout.write(
    `${attack.padEnd(14)} RTT p50 p99 max in ms: quiet${ms(quiet)}  attacked${ms(attacked)}  memory ${memory} (${bound})\n`,
  );
}
