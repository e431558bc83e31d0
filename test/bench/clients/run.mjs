// SPDX-License-Identifier: GPL-3.0-or-later

// How fast each language's client sends to itself: a process that sends and one that receives, at
// one daemon, the languages in turn in one run. A language that is not there is said, not fatal.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { prepareEnvironment } from "../../../clients/python/tools/environments.mjs";
import { ROOT } from "../../languages/command.mjs";
import { startDaemon } from "../../languages/daemon.mjs";
import { buildProgram } from "../../languages/go-programs.mjs";

const SIZES = [64, 1400];
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.BENCH_MS ?? 2000) / 1000;
const DEADLINE = 60_000;
const PYTHON = join(ROOT, "clients/python");

/** How each language's pump is called; the first is what the others are compared with. */
async function programs() {
  const found = [
    {
      language: "TypeScript",
      command: process.execPath,
      args: [join(import.meta.dirname, "pump.mjs")],
    },
  ];
  const add = async (language, make) => {
    try {
      found.push({ language, ...(await make()) });
    } catch (error) {
      process.stderr.write(`bench: no ${language}: ${error.message}\n`);
    }
  };
  await add("Go", async () => ({ command: await buildProgram("./internal/pump"), args: [] }));
  await add("Python", async () => {
    if (!existsSync(join(PYTHON, "tests/programs/pump.py"))) throw new Error("it has no pump");
    const command = await prepareEnvironment("newest");
    const env = { ...process.env, PYTHONPATH: "src" };
    return { command, args: ["-m", "tests.programs.pump"], options: { cwd: PYTHON, env } };
  });
  return found;
}

/** Starts a program; answers its lines, and a promise of its end. */
function start({ command, args, options = {} }, words) {
  const stdio = ["ignore", "pipe", "inherit"];
  const child = spawn(command, [...args, ...words], { ...options, stdio, timeout: DEADLINE });
  return {
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    exit: once(child, "exit"),
  };
}

async function nextLine({ lines }, language) {
  const { value, done } = await lines.next();
  if (done) throw new Error(`the pump of ${language} ended early`);
  return value;
}

async function measure(program, size, endpoint) {
  const { language } = program;
  const receiver = start(program, ["receive", `--api=${endpoint}`, `--seconds=${SECONDS}`]);
  const address = await nextLine(receiver, language);
  // It sends until the receiver has had its time.
  const sender = start(program, [
    "send",
    `--api=${endpoint}`,
    `--to=${address}`,
    `--size=${size}`,
    `--seconds=${SECONDS + 0.5}`,
  ]);
  const received = JSON.parse(await nextLine(receiver, language));
  const sent = JSON.parse(await nextLine(sender, language));
  await Promise.all([receiver.exit, sender.exit]);
  return {
    perSecond: received.received / received.seconds,
    mbPerSecond: received.bytes / received.seconds / 1e6,
    sendMicros: sent.cpuMicros / sent.sent,
    receiveMicros: received.cpuMicros / received.received,
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Measures all sizes; returns one row a size and language. */
export async function runClients() {
  const languages = await programs();
  const daemon = await startDaemon();
  const rows = [];
  try {
    for (const size of SIZES) {
      const runs = languages.map(() => []);
      for (let round = 0; round < ROUNDS; round++) {
        for (const [i, program] of languages.entries()) {
          runs[i].push(await measure(program, size, daemon.endpoint));
        }
      }
      const ratios = (i) => runs[i].map((run, round) => run.perSecond / runs[0][round].perSecond);
      for (const [i, { language }] of languages.entries()) {
        const of = (key) => median(runs[i].map((run) => run[key]));
        rows.push({
          language,
          size,
          perSecond: Math.round(of("perSecond")),
          mbPerSecond: of("mbPerSecond"),
          sendMicros: of("sendMicros"),
          receiveMicros: of("receiveMicros"),
          ratio: median(ratios(i)),
        });
      }
    }
  } finally {
    await daemon.stop();
  }
  return rows;
}
