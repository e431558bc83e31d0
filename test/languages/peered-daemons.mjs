// SPDX-License-Identifier: GPL-3.0-or-later

// Two daemons of the built command that are peers of each other over UDP on loopback, in temporary
// folders, and keys for programs at them.

import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ROOT, succeed } from "./command.mjs";

const COMMAND = join(ROOT, "apps/bin/inet256.js");
const START_DEADLINE = 20_000;
const STOP_DEADLINE = 10_000;

/**
 * Starts both, and waits until each says that the other is up. Answers {daemons, keys, stop}: a
 * daemon has {endpoint, status, kill, start}, a key {file, address}.
 */
export async function startPeeredDaemons() {
  const folder = await mkdtemp(join(tmpdir(), "inet256-peered-"));
  const makeKey = async (name) => {
    const file = join(folder, `${name}.pem`);
    await succeed(process.execPath, [COMMAND, "keygen", "--output", file]);
    const { stdout } = await succeed(process.execPath, [COMMAND, "addr", file]);
    return { file, address: stdout.trim() };
  };
  const names = ["a", "b"];
  const own = await Promise.all(names.map(makeKey));
  const keys = await Promise.all(names.map((name) => makeKey(`program-${name}`)));
  const ports = [];
  for (const _ of names) ports.push(await freePort(ports));
  const daemons = await Promise.all(
    names.map((name, i) =>
      createDaemon({
        config: join(folder, `${name}.yml`),
        socket: join(folder, `${name}.sock`),
        key: own[i].file,
        port: ports[i],
        peer: { id: own[1 - i].address, port: ports[1 - i] },
      }),
    ),
  );
  const stop = async () => {
    await Promise.all(daemons.map((daemon) => daemon.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(daemons.map((daemon) => daemon.start()));
    for (const daemon of daemons) {
      await until("the peer is up", async () => (await daemon.status()).peers[0]?.up === true);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { daemons, keys, stop };
}

/** Resolves when it is so; rejects after 20 s. */
export async function until(what, isSo) {
  const deadline = performance.now() + START_DEADLINE;
  for (;;) {
    if (await isSo().catch(() => false)) return;
    if (performance.now() > deadline) throw new Error(`not in time: ${what}`);
    await wait(20);
  }
}

async function createDaemon({ config, socket, key, port, peer }) {
  const endpoint = `unix://${socket}`;
  await writeFile(
    config,
    [
      `private_key_path: ${key}`,
      `api_endpoint: ${endpoint}`,
      "log: {level: info, format: json}",
      `transports: [{type: udp, bind: "127.0.0.1:${port}"}]`,
      `peers: [{id: ${peer.id}, addrs: ["127.0.0.1:${peer.port}"]}]`,
      "",
    ].join("\n"),
  );
  let child;
  let exit;
  let output = "";
  const kill = () => child?.kill("SIGKILL");
  // Not to outlive this process, should that end before its time.
  process.once("exit", kill);
  const status = async () => {
    const { stdout } = await succeed(process.execPath, [
      COMMAND,
      "status",
      "--json",
      "--api",
      endpoint,
    ]);
    return JSON.parse(stdout);
  };
  return {
    endpoint,
    status,
    async start() {
      child = spawn(process.execPath, [COMMAND, "daemon", "--config", config], {
        stdio: ["ignore", "pipe", "pipe"],
      });
      exit = once(child, "exit");
      const keep = (chunk) => {
        output = (output + chunk).slice(-100_000);
      };
      child.stdout.on("data", keep);
      child.stderr.on("data", keep);
      await until("the daemon answers", async () => (await status()).version !== "");
    },
    /** kill -9. */
    async kill() {
      kill();
      await exit;
    },
    async stop() {
      process.off("exit", kill);
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const late = setTimeout(kill, STOP_DEADLINE);
      const [code, signal] = await exit;
      clearTimeout(late);
      if (code !== 0) throw new Error(`the daemon ended with ${code ?? signal}\n${output}`);
    },
  };
}

/** Below the ports that the kernel picks by itself. */
async function freePort(taken) {
  for (let port = 9_100 + (process.pid % 500); ; port++) {
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
}

function isFree(port) {
  const socket = createSocket("udp4");
  return new Promise((resolve) => {
    socket.once("error", () => resolve(false));
    socket.bind(port, "127.0.0.1", () => socket.close(() => resolve(true)));
  });
}
