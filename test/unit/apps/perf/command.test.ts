// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { runCommand, startCommand } from "../../../support/commands.js";
import { createMemoryService } from "../../../support/memory-service.js";

describe("perf", () => {
  it("measures one way between a server and a client", async () => {
    const service = createMemoryService();
    const server = startCommand(["perf", "server"], { service });
    const [address = ""] = await server.stdout.waitFor(/^\S{43}(?=\n)/);
    expect(server.stderr.text).toBe(`measuring; try: inet256 perf client ${address}\n`);
    const words = ["perf", "client", address, "-s", "100", "-n", "1000"];
    const { exitCode, stdout, stderr } = await runCommand(words, { service });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      /^sent {6}1,000 messages of 100 B\nreceived {2}1,000\nlost {6}0 \(0%\)\nrate {6}[\d,]+ messages\/s, [\d.]+ .?B\/s for [\d.]+ s\n$/,
    );
    server.terminal.interrupt();
    expect(await server.done).toBe(0);
    expect(server.stdout.lines[1]).toMatch(/^\S{43}: 1,000 messages, 100 kB, [\d,]+ messages\/s, /);
  });

  it("measures round trips to any echo", async () => {
    const service = createMemoryService();
    const echo = startCommand(["echo", "-q"], { service });
    const [address = ""] = await echo.stdout.waitFor(/^\S{43}(?=\n)/);
    const words = ["perf", "client", "--echo", "-w", "4", "-n", "100", address];
    const text = await runCommand(words, { service });
    expect(text.exitCode).toBe(0);
    expect(text.stdout).toMatch(/\nrtt p50 {3}.* µs\nrtt p90 .*\nrtt p99 .*\nrtt max .*\n$/);
    const json = await runCommand([...words, "--json"], { service });
    expect(JSON.parse(json.stdout)).toMatchObject({
      mode: "echo",
      sent: 100,
      received: 100,
      rttMicros: { p50: expect.any(Number), p99: expect.any(Number) },
    });
    echo.terminal.interrupt();
    await echo.done;
  });

  it("fails when nothing comes back", async () => {
    const service = createMemoryService({ onTheWay: () => [] });
    const echo = startCommand(["echo", "-q"], { service });
    const [address = ""] = await echo.stdout.waitFor(/^\S{43}(?=\n)/);
    const words = ["perf", "client", "--echo", "-n", "1", address];
    const { exitCode, stdout } = await runCommand(words, { service });
    expect(exitCode).toBe(1);
    expect(stdout).toContain("lost      1 (100%)");
    echo.terminal.interrupt();
    await echo.done;
  });
});
