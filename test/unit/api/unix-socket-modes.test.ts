// SPDX-License-Identifier: GPL-3.0-or-later

// Nobody else can reach the socket at any moment (rule P1). Watched in two ways: before and
// after every step that the daemon takes in the file system, and by a thread that looks all the
// time. A socket is out of reach with mode 0600, and in a folder with mode 0700.

import type * as Fs from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { listenOnUnixSocket } from "../../../server/src/api/unix-socket.js";
import { until } from "../../support/until.js";

const fs = await vi.importActual<typeof Fs>("node:fs");

/** Sockets that others could reach, as `name mode`, and how often somebody looked. */
const watch = { reachable: [] as string[], seen: new Set<string>(), looks: 0, on: false };
let folder = "";

function look(at: string, open: boolean): void {
  for (const entry of fs.readdirSync(at)) {
    const path = join(at, entry);
    const stats = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    const closed = (stats.mode & 0o077) === 0;
    if (stats.isDirectory()) look(path, open && !closed);
    if (!stats.isSocket()) continue;
    const mode = (stats.mode & 0o777).toString(8);
    watch.seen.add(open ? `in the open ${mode}` : `hidden ${mode}`);
    if (open && !closed) watch.reachable.push(`${path} ${mode}`);
  }
}

vi.mock(import("node:fs"), async (original) => {
  const actual = await original();
  const watched = Object.entries(actual).map(([name, value]) => {
    if (typeof value !== "function" || !name.endsWith("Sync")) return [name, value];
    const wrapped = (...args: unknown[]): unknown => {
      if (!watch.on) return Reflect.apply(value, actual, args);
      watch.looks += 1;
      look(folder, true);
      try {
        return Reflect.apply(value, actual, args);
      } finally {
        look(folder, true);
      }
    };
    return [name, wrapped];
  });
  return Object.fromEntries(watched) as typeof actual;
});

const usualMask = process.umask();

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "inet256-modes-"));
  fs.chmodSync(folder, 0o777);
  process.umask(0);
});

afterEach(() => {
  watch.on = false;
  process.umask(usualMask);
  fs.rmSync(folder, { recursive: true, force: true });
});

async function listenAndClose(path: string, group?: number): Promise<void> {
  const server = createServer();
  const remove = await listenOnUnixSocket(server, path, group);
  remove();
  await new Promise((resolve) => server.close(resolve));
}

it("is out of reach between any two steps", async () => {
  watch.on = true;
  await listenAndClose(join(folder, "socket"));
  expect(watch.reachable).toEqual([]);
  expect(watch.looks).toBeGreaterThan(4);
  // It was bound with all rights, out of reach, and came into the open with its final mode.
  expect([...watch.seen].sort()).toEqual(["hidden 600", "hidden 777", "in the open 600"]);
});

it("socket-group-from-the-first-moment: comes into the open with its group and mode 0660", async () => {
  const group = process.getgid?.() ?? 0;
  watch.seen.clear();
  watch.on = true;
  await listenAndClose(join(folder, "socket"), group);
  watch.on = false;
  // Between steps it is out of reach, or has its final mode.
  expect(new Set(watch.reachable.map((line) => line.split(" ")[1]))).toEqual(new Set(["660"]));
  expect([...watch.seen].sort()).toEqual(["hidden 660", "hidden 777", "in the open 660"]);
  watch.reachable.length = 0;
});

it.runIf(process.getuid?.() === 0)("is given to the group that is asked for", async () => {
  const server = createServer();
  const path = join(folder, "grouped");
  const remove = await listenOnUnixSocket(server, path, 12_345);
  const { gid, uid, mode } = fs.lstatSync(path);
  expect([gid, uid, mode & 0o777]).toEqual([12_345, 0, 0o660]);
  remove();
  server.close();
});

it("is not made for a group that there is not", async () => {
  const server = createServer();
  const path = join(folder, "never");
  await expect(listenOnUnixSocket(server, path, "no-such-group-here")).rejects.toMatchObject({
    code: "ACCESS_REFUSED",
    message: expect.stringContaining("api.socket_group: no-such-group-here: no such group"),
  });
  expect(fs.existsSync(path)).toBe(false);
});

const WATCHER = `
  const { workerData: { folder, flags }, parentPort } = require("node:worker_threads");
  const { lstatSync, readdirSync } = require("node:fs");
  const reachable = [];
  const look = (at) => {
    for (const name of readdirSync(at)) {
      const path = at + "/" + name;
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      if (stats.isSocket() && (stats.mode & 0o077) !== 0) reachable.push(name);
      // Others cannot look into a folder that is closed to them.
      if (stats.isDirectory() && (stats.mode & 0o077) !== 0) look(path);
    }
  };
  while (Atomics.load(flags, 0) === 0) {
    look(folder);
    Atomics.add(flags, 1, 1);
  }
  parentPort.postMessage(reachable);
`;

it("is out of reach for one who looks all the time", async () => {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(WATCHER, { eval: true, workerData: { folder, flags } });
  const answer = new Promise<string[]>((resolve) => worker.once("message", resolve));
  await until("the watcher looks", () => Atomics.load(flags, 1) > 0);
  const before = Atomics.load(flags, 1);
  for (let i = 0; i < 50; i++) await listenAndClose(join(folder, "socket"));
  // The watcher can see: this one is open to all.
  const careless = createServer();
  await new Promise<void>((resolve) => careless.listen(join(folder, "careless"), resolve));
  const looks = Atomics.load(flags, 1);
  await until("it looked at the careless one", () => Atomics.load(flags, 1) > looks + 2);
  Atomics.store(flags, 0, 1);
  const reachable = await answer;
  expect(new Set(reachable)).toEqual(new Set(["careless"]));
  expect(looks - before).toBeGreaterThan(50);
  await new Promise((resolve) => careless.close(resolve));
  await worker.terminate();
});
