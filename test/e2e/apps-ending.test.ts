// SPDX-License-Identifier: GPL-3.0-or-later

// How programs and the daemon end, by signals, by broken pipes, and by kill -9.

import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorkshop, type Workshop } from "../support/processes.js";

const CLEAN = { code: 0, signal: null };

let workshop: Workshop;
beforeEach(() => {
  workshop = createWorkshop();
});
afterEach(() => workshop.end());

describe("the end", () => {
  it("a socket left behind by kill -9 is taken over", async () => {
    const first = await workshop.startDaemon();
    first.kill("SIGKILL");
    expect(await first.ended).toEqual({ code: null, signal: "SIGKILL" });
    expect(readdirSync(workshop.path("run"))).toContain("inet256.sock");
    const second = await workshop.startDaemon();
    expect((await workshop.run(["ping", "-c", "1"])).code).toBe(0);
    second.kill("SIGINT");
    expect(await second.ended).toEqual(CLEAN);
    expect(readdirSync(workshop.path("run"))).toEqual([]);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "%s ends daemon, echo and ping with 0",
    async (signal) => {
      const daemon = await workshop.startDaemon();
      const echo = workshop.start(["echo"]);
      await echo.stdout.waitFor(/\n/);
      const ping = workshop.start(["ping", "-i", "0.01"]);
      await ping.stdout.waitFor(/seq=1 /);
      for (const program of [ping, echo, daemon]) {
        program.kill(signal);
        expect(await program.ended).toEqual(CLEAN);
      }
      expect(ping.stdout.text).toMatch(/\nrtt min\/avg\/max\/mdev = .* ms\n$/);
    },
  );

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends nc with the code that shells know", async (signal, code) => {
    await workshop.startDaemon();
    const nc = workshop.start(["nc", "-l"]);
    await nc.stderr.waitFor(/listening on/);
    nc.kill(signal);
    expect(await nc.ended).toEqual({ code, signal: null });
    expect(nc.stderr.lines).toHaveLength(1);
  });

  it("a second Ctrl-C does not wait for a daemon that hangs", async () => {
    const daemon = await workshop.startDaemon();
    const echo = workshop.start(["echo", "--quiet"]);
    await echo.stdout.waitFor(/\n/);
    daemon.kill("SIGSTOP");
    let over = false;
    const ended = echo.ended.finally(() => {
      over = true;
    });
    const asked = performance.now();
    await expect
      .poll(
        () => {
          echo.kill("SIGINT");
          return over;
        },
        { interval: 50, timeout: 10_000 },
      )
      .toBe(true);
    expect(await ended).toEqual({ code: 130, signal: null });
    expect(performance.now() - asked).toBeGreaterThan(500);
  });

  it("a reader that goes away ends a program quietly", async () => {
    await workshop.startDaemon();
    const shell = workshop.shell("inet256 ping -i 0.01 | head -n 1; echo $PIPESTATUS");
    expect(await shell.ended).toEqual(CLEAN);
    expect(shell.stdout.lines[1]).toBe("141");
    expect(shell.stderr.text).toBe("");
  });
});
