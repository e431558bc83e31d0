// SPDX-License-Identifier: GPL-3.0-or-later

// A real daemon of the built command, alone in a temporary folder.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ROOT } from "./command.mjs";

const START_DEADLINE = 20_000;
const STOP_DEADLINE = 10_000;

/**
 * Starts a daemon, with these words behind the command's, and waits until its socket answers. Rejects
 * with what it printed.
 */
export async function startDaemon(words = []) {
  const folder = await mkdtemp(join(tmpdir(), "inet256-languages-"));
  const socket = join(folder, "api.sock");
  const endpoint = `unix://${socket}`;
  const daemon = spawn(process.execPath, [join(ROOT, "apps/bin/inet256.js"), "daemon", ...words], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      XDG_STATE_HOME: folder,
      INET256_API: endpoint,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (chunk) => {
    output += chunk;
  };
  daemon.stdout.on("data", keep);
  daemon.stderr.on("data", keep);
  const exit = once(daemon, "exit");
  // Not to outlive this process, should that end before its time.
  const kill = () => daemon.kill("SIGKILL");
  process.once("exit", kill);

  /** Stops it by its process id, and removes its folder. Rejects unless it ends with 0. */
  async function stop() {
    daemon.kill("SIGTERM");
    const late = setTimeout(kill, STOP_DEADLINE);
    const [code, signal] = await exit;
    clearTimeout(late);
    process.off("exit", kill);
    await rm(folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the daemon ended with ${code ?? signal}\n${output}`);
  }

  const deadline = performance.now() + START_DEADLINE;
  while (!(await answers(socket))) {
    const ended = daemon.exitCode !== null || daemon.signalCode !== null;
    if (ended || performance.now() > deadline) {
      await stop().catch(() => undefined);
      throw new Error(`the daemon did not start\n${output}`);
    }
    await wait(20);
  }
  return { endpoint, stop, output: () => output };
}

function answers(socket) {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once("connect", () => {
      connection.destroy();
      resolve(true);
    });
    connection.once("error", () => resolve(false));
  });
}
