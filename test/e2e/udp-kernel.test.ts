// SPDX-License-Identifier: GPL-3.0-or-later

// The kernel's own sockets in a process of their own: memory stays where the kernel writes while the
// collector runs, and Node's event loop is what it is without them.

import { execFile, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { missing } from "../support/udp.js";
import { until } from "../support/until.js";

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, "udp-kernel.mjs");

/** Whether a process waits for something to happen (proc(5): the state, after the name). */
function isAsleep(pid: number): boolean {
  return /\) S /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

/** What the program printed. It has to end by itself. */
async function result(what: string, count = 0): Promise<unknown> {
  const args = ["--expose-gc", PROGRAM, what, String(count)];
  const { stdout } = await run(process.execPath, args, { timeout: 25_000 });
  return JSON.parse(stdout);
}

describe.skipIf(missing("kernel", { family: "IPv4" }) !== undefined)("UDP by the kernel", () => {
  it("keeps its memory in place: 200,000 datagrams in segments while the collector runs", async () => {
    const total = 200_000;
    expect(await result("pinned", total)).toEqual({
      received: total,
      wrong: 0,
      sent: total,
      path: "kernel",
    });
  });

  it("lets promises go on that a datagram settles, with nothing else to wake the process", async () => {
    const child = spawn(process.execPath, [PROGRAM, "promise"]);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    let printed = "";
    child.stdout.on("data", (chunk) => {
      printed += chunk;
    });
    const stranger = createSocket("udp4");
    try {
      await until("bound", () => printed.includes("\n"));
      const [host, port] = JSON.parse(printed).address.split(":");
      // Asleep: nothing is left to do after what was printed.
      await until("asleep", () => isAsleep(child.pid ?? 0));
      await new Promise((resolve) => stranger.send("now", Number(port), host, resolve));
      await until("settled", () => printed.includes("settled"));
      expect(await ended).toBe(0);
    } finally {
      stranger.close();
      child.kill("SIGKILL");
    }
  });

  it("tells the process what a sink throws, and goes on", async () => {
    expect(await result("thrown")).toEqual({ errors: ["thrown 1", "thrown 2", "thrown 3"] });
  });

  it("is opened and closed 300 times, and the process ends", async () => {
    expect(await result("reopened", 300)).toEqual({ times: 300 });
  });
});
