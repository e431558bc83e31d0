// SPDX-License-Identifier: GPL-3.0-or-later

// The command as a whole, against a service in memory.

import { generateKey } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { runCommand, startCommand } from "../../../support/commands.js";
import { createMemoryService } from "../../../support/memory-service.js";

const FAST = ["-i", "0.001", "-W", "0.05"];

function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

describe("ping", () => {
  it("prints a line per reply and statistics, as ping(8) does", async () => {
    const service = createMemoryService();
    const { exitCode, stdout, stderr } = await runCommand(["ping", "-c", "2", ...FAST], {
      service,
    });
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    const lines = stdout.split("\n");
    const from = `64 bytes from ${service.own}`;
    const time = String.raw`time=\d+\.\d{3} ms`;
    expect(lines[0]).toBe(`PING ${service.own} 64 bytes`);
    expect(lines[1]).toMatch(new RegExp(`^${from}: seq=1 ${time}$`));
    expect(lines[2]).toMatch(new RegExp(`^${from}: seq=2 ${time}$`));
    expect(lines[4]).toBe(`--- ${service.own} ping statistics ---`);
    expect(lines[5]).toMatch(/^2 messages transmitted, 2 received, 0% loss, time \d+ ms$/);
    expect(lines[6]).toMatch(/^rtt min\/avg\/max\/mdev = [\d.]+\/[\d.]+\/[\d.]+\/[\d.]+ ms$/);
    expect(service.openNodes).toBe(0);
  });

  it("fails when nothing comes back, after the timeout of the last", async () => {
    const service = createMemoryService({ onTheWay: () => [] });
    const { exitCode, stdout, stderr } = await runCommand(["ping", "-c", "2", ...FAST], {
      service,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toBe("");
    expect(stdout).toContain("no answer yet: seq=1\nno answer yet: seq=2\n");
    expect(stdout).toMatch(/\n2 messages transmitted, 0 received, 100% loss, time \d+ ms\n$/);
  });

  it("tells duplicates and corrupted replies apart from replies", async () => {
    const service = createMemoryService({
      onTheWay({ payload }) {
        const [number = 0] = payload.subarray(24);
        if (number === 1) return [payload, payload];
        const altered = Uint8Array.from(payload);
        altered[50] = 0xff;
        return number === 2 ? [altered] : [payload];
      },
    });
    const { exitCode, stdout } = await runCommand(["ping", "-c", "3", ...FAST], { service });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/seq=1 time=[\d.]+ ms\n.*seq=1 time=[\d.]+ ms \(DUP!\)\n/);
    expect(stdout).toMatch(/64 bytes from .*: not what was sent \(CORRUPTED!\)\n/);
    expect(stdout).toMatch(
      /3 messages transmitted, 2 received, \+1 duplicates, \+1 corrupted, 33\.3% loss/,
    );
  });

  it("counts only what comes from the pinged address", async () => {
    const stranger = generateKey();
    const service = createMemoryService({
      onTheWay: ({ from, payload }) => (from.equals(stranger.address) ? [payload] : []),
    });
    const spoof = await service.open(stranger);
    const started = startCommand(["ping", "-c", "1", "-W", "0.2"], { service });
    await expect.poll(() => service.accepted.length).toBe(1);
    const [ping] = service.accepted;
    if (ping === undefined) throw new Error("no ping was sent");
    spoof.trySend(ping.from, ping.payload);
    expect(await started.done).toBe(1);
    expect(started.stdout.text).toContain("0 received, 100% loss");
  });

  it("says why a ping was not sent, and goes on", async () => {
    const service = createMemoryService({
      refuse: ({ payload }) => (payload[24] === 1 ? "UNREACHABLE" : undefined),
    });
    const { exitCode, stdout } = await runCommand(["ping", "-c", "2", ...FAST], { service });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("not sent: seq=1: refused: UNREACHABLE\n");
    expect(stdout).toContain("2 messages transmitted, 1 received, +1 errors, 50% loss");
  });

  it("goes on until Ctrl-C, which is a normal end", async () => {
    const service = createMemoryService();
    const started = startCommand(["ping", "-i", "0.001"], { service });
    await started.stdout.waitFor(/seq=5 /);
    started.terminal.interrupt();
    expect(await started.done).toBe(0);
    expect(started.stdout.text).toContain("0% loss");
    expect(service.openNodes).toBe(0);
  });

  it("prints JSON, one object a line", async () => {
    const service = createMemoryService();
    const words = ["ping", "-c", "1", "-s", "100", "--json", ...FAST];
    const { stdout } = await runCommand(words, { service });
    const [reply, statistics] = jsonLines(stdout);
    expect(reply).toMatchObject({ type: "reply", from: `${service.own}`, seq: 1, bytes: 100 });
    expect(statistics).toMatchObject({
      type: "statistics",
      address: `${service.own}`,
      transmitted: 1,
      received: 1,
      lossPercent: 0,
      rttMs: { mdev: 0 },
    });
  });

  it("ends with the reason when the node is dropped meanwhile", async () => {
    const key = generateKey();
    const service = createMemoryService();
    const { open } = service;
    const started = startCommand(["ping", "-i", "0.001"], {
      service: { ...service, open: () => open(key) },
    });
    await started.stdout.waitFor(/seq=2 /);
    await service.drop(key);
    expect(await started.done).toBe(1);
    expect(started.stderr.text).toBe("inet256 ping: the node was dropped\n");
  });
});
