// SPDX-License-Identifier: GPL-3.0-or-later

// Rule P3: no signal opens Node's inspector, and with it every key in memory.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorkshop, type StartedProcess, type Workshop } from "../support/processes.js";

let workshop: Workshop;
beforeEach(() => {
  workshop = createWorkshop();
});
afterEach(() => workshop.end());

describe("SIGUSR1", () => {
  /** Numbers of sockets that listen for TCP, of all processes. */
  function listeningInodes(): Set<string> {
    const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map((table) => readFileSync(table, "utf8"));
    const rows = tables
      .flatMap((table) => table.split("\n").slice(1))
      .map((row) => row.trim().split(/\s+/));
    return new Set(rows.filter((row) => row[3] === "0A").map((row) => row[9] ?? ""));
  }

  /** How many TCP sockets a process listens at. */
  function listeners(pid: number): number {
    const inodes = listeningInodes();
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return "";
      }
    });
    return links.filter((link) => inodes.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? "none"))
      .length;
  }

  // Elsewhere there is no /proc to look into.
  const onLinux = process.platform === "linux";

  it.runIf(onLinux)("sigusr1-opens-nothing", async () => {
    const daemon = await workshop.startDaemon();
    const echo = workshop.start(["echo"]);
    await echo.stdout.waitFor(/\n/);
    for (const program of [daemon, echo] satisfies StartedProcess[]) {
      program.kill("SIGUSR1");
      await program.stderr.waitFor(/SIGUSR1 ignored/);
      expect(program.stderr.text).not.toContain("Debugger");
      expect(listeners(program.pid)).toBe(0);
    }
    expect((await workshop.run(["status"])).code).toBe(0);
    // What it looks like where it is not guarded against.
    const bare = workshop.shell(
      `exec "${process.execPath}" -e 'console.log(1); setInterval(() => {}, 1000)'`,
    );
    await bare.stdout.waitFor(/1/);
    bare.kill("SIGUSR1");
    await bare.stderr.waitFor(/Debugger listening|Starting inspector .* failed/);
  });
});
