// SPDX-License-Identifier: GPL-3.0-or-later

// Two processes and a daemon, as users run them: by address only.

import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorkshop, type StartedProcess, type Workshop } from "../support/processes.js";

let workshop: Workshop;
beforeEach(() => {
  workshop = createWorkshop();
});
afterEach(() => workshop.end());

async function addressOf(program: StartedProcess): Promise<string> {
  const [address = ""] = await program.stdout.waitFor(/^\S{43}(?=\n)/);
  return address;
}

async function listeningAddress(listener: StartedProcess): Promise<string> {
  const [, address = ""] = await listener.stderr.waitFor(/^listening on (\S{43})\n/);
  return address;
}

describe("a first conversation", () => {
  it("echo in one terminal, ping -c 20 and nc in others", async () => {
    await workshop.startDaemon();
    const echo = workshop.start(["echo"]);
    const address = await addressOf(echo);

    const ping = await workshop.run(["ping", "-c", "20", "-i", "0.02", address]);
    expect(ping).toMatchObject({ code: 0, stderr: "" });
    expect(ping.stdout).toContain(`64 bytes from ${address}: seq=20 time=`);
    expect(ping.stdout).toContain("\n20 messages transmitted, 20 received, 0% loss, time ");

    const nc = workshop.start(["nc", address]);
    nc.write("hello\n");
    await nc.stdout.waitFor(/^hello\n/);
    nc.endInput();
    expect(await nc.ended).toEqual({ code: 0, signal: null });
    expect(nc.stderr.text).toBe("");

    echo.kill("SIGINT");
    expect(await echo.ended).toEqual({ code: 0, signal: null });
    expect(echo.stderr.text).toMatch(/\nechoed 22 messages, 1\.29 kB\n$/);
  });

  it("ping without an address pings the daemon", async () => {
    await workshop.startDaemon();
    const { code, stdout } = await workshop.run(["ping", "-c", "1", "-s", "65535", "--json"]);
    expect(code).toBe(0);
    const status = await workshop.run(["status", "--json"]);
    const { address } = JSON.parse(status.stdout);
    expect(JSON.parse(stdout.split("\n")[0] ?? "")).toMatchObject({ from: address, bytes: 65_535 });
  });

  it("ping says that nobody is there", async () => {
    await workshop.startDaemon();
    const keygen = await workshop.run(["keygen"]);
    const address = keygen.stderr.trim();
    const { code, stdout } = await workshop.run(["ping", "-c", "1", "-W", "0.1", "--", address]);
    expect(code).toBe(1);
    expect(stdout).toContain("not sent: seq=1: ");
    expect(stdout).toContain("NO_SUCH_ADDRESS");
  });
});

describe("a file through nc", () => {
  it.each([
    ["one mebibyte at random", randomBytes(1024 * 1024)],
    ["eight mebibytes without a newline", Buffer.alloc(8 * 1024 * 1024, 0x61)],
    ["nothing", Buffer.alloc(0)],
  ])("arrives byte for byte, and both ends end: %s", async (_, file) => {
    writeFileSync(workshop.path("file"), file);
    await workshop.startDaemon();
    const listener = workshop.start(["nc", "-l"], { from: "/dev/null", to: "copy" });
    const address = await listeningAddress(listener);
    const sender = workshop.start(["nc", address], { from: "file" });
    expect(await sender.ended).toEqual({ code: 0, signal: null });
    expect(await listener.ended).toEqual({ code: 0, signal: null });
    expect(Buffer.compare(readFileSync(workshop.path("copy")), file)).toBe(0);
    expect(sender.stderr.text).toBe("");
    expect(listener.stderr.lines).toHaveLength(1);
  });

  // More than once: two ends that write at the same time once waited for each other for ever.
  it.each([1, 2, 3, 4])("comes back from an echo byte for byte, round %i", async () => {
    const file = randomBytes(1024 * 1024);
    writeFileSync(workshop.path("file"), file);
    await workshop.startDaemon();
    const address = await addressOf(workshop.start(["echo", "--quiet"]));
    const nc = workshop.start(["nc", address], { from: "file", to: "copy" });
    expect(await nc.ended).toEqual({ code: 0, signal: null });
    expect(Buffer.compare(readFileSync(workshop.path("copy")), file)).toBe(0);
  });

  it("works as it is typed into a shell", async () => {
    await workshop.startDaemon();
    writeFileSync(workshop.path("file"), randomBytes(300_000));
    const shell = workshop.shell(`
      inet256 nc -l > copy 2> said < /dev/null &
      until grep -qs 'listening on' said; do :; done
      inet256 nc $(sed 's/listening on //' said) < file && wait $! && cmp file copy`);
    expect(await shell.ended).toEqual({ code: 0, signal: null });
    expect(shell.stderr.text).toBe("");
  });
});

describe("perf", () => {
  it("measures one way and round trips between processes", async () => {
    await workshop.startDaemon();
    const server = workshop.start(["perf", "server", "--json"]);
    const [, address = ""] = await server.stdout.waitFor(/"address":"(\S{43})"/);
    const oneWay = await workshop.run(["perf", "client", "-n", "2000", "--json", "--", address]);
    expect(oneWay).toMatchObject({ code: 0, stderr: "" });
    const result = JSON.parse(oneWay.stdout);
    expect(result).toMatchObject({ mode: "one-way", sent: 2000, received: 2000, corrupted: 0 });
    const words = ["perf", "client", "--echo", "-n", "200", "-s", "65535", "--json", "--", address];
    const echo = await workshop.run(words);
    expect(JSON.parse(echo.stdout)).toMatchObject({ mode: "echo", sent: 200, received: 200 });
    server.kill("SIGTERM");
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(JSON.parse(server.stdout.lines[1] ?? "")).toMatchObject({ received: 2000 });
  });
});

describe("a daemon that is killed and comes back", () => {
  it("is found again by programs that run", async () => {
    const daemon = await workshop.startDaemon();
    const echo = workshop.start(["echo"]);
    const address = await addressOf(echo);
    const ping = workshop.start(["ping", "-i", "0.05", "--", address]);
    await ping.stdout.waitFor(/seq=2 /);
    daemon.kill("SIGKILL");
    await daemon.ended;
    await ping.stderr.waitFor(/the connection to the daemon broke; trying again\n/);
    const before = ping.stdout.text.length;
    await workshop.startDaemon();
    await ping.stderr.waitFor(/connected to the daemon again\n/);
    await echo.stderr.waitFor(/connected to the daemon again\n/);
    await expect
      .poll(() => /bytes from/.test(ping.stdout.text.slice(before)), { timeout: 5000 })
      .toBe(true);
    expect(ping.stdout.text).not.toContain("DUP");
    ping.kill("SIGINT");
    expect(await ping.ended).toEqual({ code: 0, signal: null });
  });
});
