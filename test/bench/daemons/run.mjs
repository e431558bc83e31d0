// SPDX-License-Identifier: GPL-3.0-or-later

// Two daemons, API to API: a program, its daemon, UDP on loopback, the other daemon, its program;
// beside bare UDP and a bare grpc-js hub in the same rounds, and for the round trip two gRPC echoes
// and one UDP echo. Messages are numbered: what is lost or comes twice is counted where they arrive.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rawDgram, rawSegmentation } from "../link/raw.mjs";
import { startPair } from "./pair.mjs";
import { cpuMicros, loadAverage, place, processors, startEnd, startServer } from "./processes.mjs";

const SIZES = (process.env.BENCH_SIZES ?? "64,1400,32768,65535").split(",").map(Number);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const PUSH_MS = Number(process.env.BENCH_MS ?? 2_000);
const WARM_MS = Math.min(PUSH_MS, 500);
const ROUND_TRIPS = Number(process.env.BENCH_ROUND_TRIPS ?? 6_000);
/** Round trips of one kind in a row. */
const BLOCK = Number(process.env.BENCH_BLOCK ?? 6_000);
/** Round trips before anything counts: until V8 has compiled what they need. */
const WARM_ROUND_TRIPS = Number(process.env.BENCH_WARM ?? 20_000);
/** Only the daemons, for profiles and comparisons of two versions. */
const ALONE = process.env.BENCH_ALONE !== undefined;
const LARGEST_DATAGRAM = 65_507;
/** Bytes of a message that goes round. */
const ECHO_BYTES = 64;
const SETTLE_MS = 100;
/** A datagram counts as lost after so long at most. */
const LOST_MS = 600;
/** Bytes of a hub's stream message: what our client gathers. */
const HUB_BATCH_BYTES = 256 * 1024 - 64;

const here = import.meta.dirname;
const local = join(here, "..", "local");

/** What a receiver has counted, once nothing more comes. */
async function settled(receiver, sent = 0) {
  for (let before = -1; ; ) {
    const now = await receiver.ask("report");
    if (now.count === before) return now;
    before = now.count;
    await new Promise((resolve) => setTimeout(resolve, now.count < sent ? LOST_MS : SETTLE_MS));
  }
}

/** Opens a program at each daemon, and closes both in the end. */
async function withEnds(pair, run) {
  const file = join(here, "end.mjs");
  const [sender, receiver] = await Promise.all([
    startEnd("sender", file, [pair.socketPaths[0]]),
    startEnd("receiver", file, [pair.socketPaths[1]]),
  ]);
  try {
    return await run(sender, receiver);
  } finally {
    await Promise.all([sender.close(), receiver.close()]);
  }
}

function push(pair, size) {
  return withEnds(pair, async (sender, receiver) => {
    const processes = [sender, pair.servers[0], pair.servers[1], receiver];
    const to = receiver.address;
    await receiver.ask("count", { run: 1 });
    const warm = await sender.ask("push", { to, run: 1, size, ms: WARM_MS });
    await settled(receiver, warm.sent);
    await receiver.ask("count", { run: 2 });
    await pair.losses();
    const before = processes.map(cpuMicros);
    const pushed = await sender.ask("push", { to, run: 2, size, ms: PUSH_MS });
    const counted = await settled(receiver, pushed.sent);
    const micros = processes.map((each, i) => (cpuMicros(each) - before[i]) / counted.count);
    return {
      sent: pushed.sent,
      lost: pushed.sent - counted.count,
      twice: counted.twice,
      perSecond: (counted.count * 1_000) / Math.max(counted.ms, 1),
      micros,
      where: await pair.losses(),
    };
  });
}

/** The same through a bare hub with the same codec: one unix socket in, one out. */
async function pushHub(folder, size) {
  const socketPath = join(folder, "hub.sock");
  const server = await startServer("hub", [join(local, "hub.mjs"), socketPath], "ready");
  const end = (role) =>
    startEnd(`hub-${role}`, join(local, "end.mjs"), [
      "hub",
      socketPath,
      role,
      String(HUB_BATCH_BYTES),
    ]);
  const receiver = await end("receiver");
  const sender = await end("sender");
  try {
    await receiver.ask("count");
    await sender.ask("push", { size, ms: PUSH_MS });
    const { count, ms } = await settled(receiver);
    return (count * 1_000) / Math.max(ms, 1);
  } finally {
    await Promise.all([sender.close(), receiver.close()]);
    await server.close();
    rmSync(socketPath, { force: true });
  }
}

const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[values.length >> 1];
const at = (values, share) => Math.round(sorted(values)[Math.floor(values.length * share)]);

async function measureSize(pair, folder, size) {
  const rounds = [];
  const bytes = Math.min(size, LARGEST_DATAGRAM);
  for (let i = 0; i < ROUNDS; i++) {
    const daemons = await push(pair, size);
    const hub = ALONE ? Number.NaN : await pushHub(folder, size);
    const dgram = ALONE ? undefined : await rawDgram({ size: bytes, ms: PUSH_MS });
    const segments = ALONE ? undefined : await rawSegmentation({ size: bytes, ms: PUSH_MS });
    rounds.push({ daemons, hub, dgram: dgram?.perSecond, segments: segments?.perSecond });
  }
  const sum = (key) => rounds.reduce((total, { daemons }) => total + daemons[key], 0);
  const ratio = (key) => median(rounds.map((round) => round.daemons.perSecond / round[key]));
  const perSecond = median(rounds.map(({ daemons }) => daemons.perSecond));
  return {
    size,
    perSecond: Math.round(perSecond),
    eachRound: rounds.map(({ daemons }) => Math.round(daemons.perSecond)),
    mbPerSecond: (perSecond * size) / 1e6,
    sent: sum("sent"),
    lost: sum("lost"),
    twice: sum("twice"),
    where: rounds.flatMap(({ daemons }) => daemons.where).join(" "),
    overHub: ratio("hub"),
    overDgram: ratio("dgram"),
    overSegments: ratio("segments"),
    micros: [0, 1, 2, 3].map((i) => median(rounds.map(({ daemons }) => daemons.micros[i]))),
    load: loadAverage(),
  };
}

/** A row for each size. */
export async function runDaemons() {
  const folder = mkdtempSync(join(tmpdir(), "inet256-bench-"));
  const pair = await startPair(folder, "");
  try {
    const rows = [];
    for (const size of SIZES) rows.push(await measureSize(pair, folder, size));
    return rows;
  } finally {
    await pair.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const ask = (end, options) => end.ask("roundTrips", options).then(({ micros }) => micros);

/** Two echoes of which each has a process that serves and one that calls. */
async function startEchoes(folder) {
  const file = join(here, "echoes.mjs");
  const place = join(folder, "echo.sock");
  const grpcServer = await startEnd("grpc-serve", file, ["grpc", "serve", place]);
  const udpServer = await startEnd("udp-serve", file, ["udp", "serve"]);
  const grpc = await startEnd("grpc-call", file, ["grpc", "call", place]);
  const udp = await startEnd("udp-call", file, ["udp", "call", String(udpServer.port)]);
  const processes = [grpc, grpcServer, udp, udpServer];
  const stop = () => Promise.all(processes.map((end) => end.close()));
  return { grpc, udp, processes, stop };
}

/**
 * Where the processes of a passage run, in the order of the passage. The scheduler's choice decides
 * more than anything else: two processes on one processor hand over in a few microseconds, and waking
 * another processor takes ten times that. So each way of placing them is measured by itself.
 */
function placements() {
  const [one, other] = processors();
  if (other === undefined) return [{ name: "as the scheduler likes", of: undefined }];
  return [
    { name: "as the scheduler likes", of: undefined },
    { name: "each step on the other processor", of: (i) => [i % 2 === 0 ? one : other] },
    { name: "all on one processor", of: () => [one] },
  ];
}

/** Rows: round trips of 64 bytes, beside two gRPC echoes and one UDP echo in the same rounds. */
export async function runRoundTrips() {
  const folder = mkdtempSync(join(tmpdir(), "inet256-bench-"));
  const pair = await startPair(folder, "");
  const echoes = await startEchoes(folder);
  const rows = [];
  try {
    await withEnds(pair, async (sender, receiver) => {
      await receiver.ask("echo");
      const passage = [sender, ...pair.servers, receiver];
      const kinds = {
        daemons: (count) => ask(sender, { to: receiver.address, size: ECHO_BYTES, count }),
        grpc: (count) => ask(echoes.grpc, { size: ECHO_BYTES, count }),
        udp: (count) => ask(echoes.udp, { size: ECHO_BYTES, count }),
      };
      for (const trips of Object.values(kinds)) await trips(WARM_ROUND_TRIPS);
      for (const placement of placements()) {
        for (const line of [passage, echoes.processes]) {
          for (const [i, each] of line.entries()) {
            if (placement.of !== undefined) place(each, placement.of(i));
          }
        }
        rows.push({ placement: placement.name, ...(await measureRoundTrips(kinds, passage)) });
      }
    });
    return rows;
  } finally {
    await echoes.stop();
    await pair.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In turn, a little of each, so that what else the machine does meets all of them alike. */
async function measureRoundTrips(kinds, passage) {
  const all = { daemons: [], grpc: [], udp: [] };
  const micros = [];
  const cpu = () => passage.reduce((sum, process) => sum + cpuMicros(process), 0);
  for (let i = 0; i < ROUNDS * ROUND_TRIPS; i += BLOCK) {
    all.grpc.push(...(await kinds.grpc(BLOCK)));
    all.udp.push(...(await kinds.udp(BLOCK)));
    const before = cpu();
    all.daemons.push(...(await kinds.daemons(BLOCK)));
    micros.push((cpu() - before) / BLOCK);
  }
  return {
    size: ECHO_BYTES,
    p50Micros: at(all.daemons, 0.5),
    p99Micros: at(all.daemons, 0.99),
    grpcP50Micros: at(all.grpc, 0.5),
    grpcP99Micros: at(all.grpc, 0.99),
    udpP50Micros: at(all.udp, 0.5),
    udpP99Micros: at(all.udp, 0.99),
    ratio: at(all.daemons, 0.5) / (2 * at(all.grpc, 0.5) + at(all.udp, 0.5)),
    cpuMicros: Math.round(micros.reduce((sum, each) => sum + each, 0) / micros.length),
    load: loadAverage(),
  };
}
