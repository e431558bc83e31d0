// SPDX-License-Identifier: GPL-3.0-or-later

// The command as a whole, against a service in memory: every stop is pinged, and says so.

import { generateKey, type PrivateKey } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { runCommand } from "../../../support/commands.js";
import { createMemoryService, type MemoryServiceOptions } from "../../../support/memory-service.js";

const FAST = ["-c", "1", "-W", "0.1"];
const [nextHop, router, destination] = [1, 2, 3].map(() => generateKey()) as [
  PrivateKey,
  PrivateKey,
  PrivateKey,
];
const WAY = {
  ready: true,
  why: "the best way",
  local: false,
  nextHop: nextHop.address,
  router: router.address,
  hops: 3,
};
const TIME = String.raw`\d[\d.]* (µs|ms)`;

/** A service with somebody at these addresses who sends back what comes. */
async function createWay(there: readonly PrivateKey[], options: MemoryServiceOptions = {}) {
  const service = createMemoryService({ explanation: WAY, ...options });
  for (const key of there) {
    const node = await service.open(key);
    void (async () => {
      for await (const batch of node.batches()) {
        for (const { source, payload } of batch) node.trySend(source, Uint8Array.from(payload));
      }
    })().catch(() => {});
  }
  return service;
}

const trace = (service: Awaited<ReturnType<typeof createWay>>, ...more: string[]) =>
  runCommand(["trace", ...FAST, ...more, `${destination.address}`], { service });

describe("trace", () => {
  it("prints the way, then a line for each that it can ask", async () => {
    const service = await createWay([nextHop, router, destination]);
    const { exitCode, stdout, stderr } = await trace(service);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const [way, ...stops] = stdout.split("\n");
    expect(way).toBe(`TRACE ${destination.address}: the best way`);
    expect(stops[0]).toMatch(new RegExp(`^  1  next hop  ${nextHop.address}  ${TIME}$`));
    expect(stops[1]).toMatch(new RegExp(`^  3  router    ${router.address}  ${TIME}$`));
    expect(stops[2]).toMatch(new RegExp(`^  3  node      ${destination.address}  ${TIME}$`));
    expect(stops.slice(3)).toEqual([""]);
  });

  it("shows who does not answer, and succeeds when the router does", async () => {
    const { exitCode, stdout } = await trace(await createWay([router]));
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`next hop  ${nextHop.address}  no answer\n`);
    expect(stdout).toMatch(new RegExp(`router    ${router.address}  ${TIME}\n`));
    expect(stdout).toContain(`node      ${destination.address}  no answer\n`);
  });

  it("fails when only the next hop answers", async () => {
    const { exitCode, stdout, stderr } = await trace(await createWay([nextHop]));
    expect([exitCode, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(new RegExp(`next hop  ${nextHop.address}  ${TIME}\n`));
  });

  it("asks nobody twice", async () => {
    const peer = { ...WAY, nextHop: router.address, router: router.address, hops: 1 };
    const direct = await trace(await createWay([router, destination], { explanation: peer }));
    expect(direct.stdout.split("\n").map((line) => line.slice(0, 13).trim())).toEqual([
      `TRACE ${`${destination.address}`.slice(0, 7)}`.trim(),
      "1  router",
      "1  node",
      "",
    ]);
    const own = { ...WAY, router: destination.address };
    const daemon = await trace(await createWay([nextHop, destination], { explanation: own }));
    expect(daemon.exitCode).toBe(0);
    expect(daemon.stdout).not.toContain("  node ");
    expect(daemon.stdout).toMatch(new RegExp(`  3  router    ${destination.address}  ${TIME}\n`));
  });

  it("says why where there is no way, and sends nothing", async () => {
    const service = await createWay([], { explanation: { ready: false, why: "nobody has it" } });
    expect(await trace(service)).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "inet256 trace: address: cannot be reached: nobody has it\n",
    });
    expect(service.accepted).toEqual([]);
  });

  it("prints JSON, one object a line", async () => {
    const { stdout } = await trace(await createWay([router]), "--json");
    const objects = stdout.trim().split("\n");
    expect(objects.map((line) => JSON.parse(line))).toMatchObject([
      { type: "way", address: `${destination.address}`, why: "the best way", hops: 3 },
      { type: "stop", role: "next-hop", address: `${nextHop.address}`, hops: 1, rttMs: null },
      { type: "stop", role: "router", hops: 3, rttMs: expect.any(Number) },
      { type: "stop", role: "node", hops: 3, rttMs: null },
    ]);
  });
});
