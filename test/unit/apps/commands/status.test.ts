// SPDX-License-Identifier: GPL-3.0-or-later

import { type DaemonStatus, generateKey, type PeerStatus } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { runCommand } from "../../../support/commands.js";
import { createMemoryService } from "../../../support/memory-service.js";

const PEER: PeerStatus = {
  address: generateKey().address,
  configured: true,
  up: false,
  paths: [],
  queuedPackets: 0,
  queuedBytes: 0,
  queuedControlBytes: 0,
  counters: { dropped_down: 3, packets_sent: 0 },
};

const BUSY: Partial<DaemonStatus> = {
  network: "onehop",
  transportAddresses: ["0.0.0.0:25632", "[::]:25632"],
  peers: [PEER],
  sessions: { remotes: 1005, sessions: 3, waitingRemotes: 2, waitingBytes: 4200 },
};

describe("status", () => {
  it("prints an aligned table, then the counters", async () => {
    const service = createMemoryService();
    const { exitCode, stdout } = await runCommand(["status"], { service });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      [
        `address    ${service.own}`,
        "version    0.0.0",
        "uptime     1 d 2 h",
        "endpoints  unix:///memory",
        "network    memory",
        "nodes      0",
        "clients    1",
        "streams    0",
        "sessions   0 of 0 remotes",
        "queued     1.23 kB",
        "",
        "counters",
        "  datagrams_delivered  1,234,567",
        "",
      ].join("\n"),
    );
  });

  it("prints drops that never happened on request", async () => {
    const service = createMemoryService();
    for (const option of ["--all", "-a"]) {
      const { stdout } = await runCommand(["status", option], { service });
      expect(stdout).toContain("  datagrams_lost               0\n");
    }
  });

  it("prints where it is reached, its sessions, and its peers", async () => {
    const service = createMemoryService({ status: BUSY });
    const { stdout } = await runCommand(["status"], { service });
    expect(stdout).toContain("\nreachable  0.0.0.0:25632, [::]:25632\n");
    expect(stdout).toContain("\nsessions   3 of 1,005 remotes, 2 waiting with 4.20 kB\n");
    expect(stdout).toContain(`\n\npeers  `);
    expect(stdout).toContain(`\n  ${PEER.address}  down   configured  -  `);
    expect(stdout).toContain("\n    dropped_down  3\n\ncounters\n");
    expect(stdout).not.toContain("packets_sent");
    const { stdout: all } = await runCommand(["status", "--all"], { service });
    expect(all).toContain("\n    packets_sent  0\n");
  });

  it("prints the ways to other daemons on request, the shortest first", async () => {
    const [far, near] = [generateKey().address, PEER.address];
    const routes = [
      { router: far, nextHop: near, hops: 2, costMicros: 4_560 },
      { router: near, nextHop: near, hops: 1, costMicros: undefined },
    ];
    const service = createMemoryService({ status: { routes } });
    const { stdout: without } = await runCommand(["status"], { service });
    expect(without).not.toContain("routes");
    for (const option of ["--routes", "-r"]) {
      const { stdout } = await runCommand(["status", option], { service });
      const [, table = ""] = stdout.split("\n\n");
      expect(table.split("\n")).toEqual([
        `routes${" ".repeat(39)}  hops     cost  next hop`,
        `  ${near}     1        -  -`,
        `  ${far}     2  4.56 ms  ${near}`,
      ]);
    }
    const none = await runCommand(["status", "-r"], { service: createMemoryService() });
    expect(none.stdout).toContain("\n\nroutes\n  none\n\ncounters\n");
    const { stdout: json } = await runCommand(["status", "--json"], { service });
    expect(JSON.parse(json)).toMatchObject({
      routes: [{ router: `${far}`, nextHop: `${near}`, hops: 2, costMicros: 4_560 }, { hops: 1 }],
    });
  });

  it("prints everything as JSON", async () => {
    const service = createMemoryService({ status: BUSY });
    const { stdout } = await runCommand(["status", "--json"], { service });
    expect(JSON.parse(stdout)).toMatchObject({
      ...BUSY,
      peers: [{ ...PEER, address: `${PEER.address}` }],
    });
  });

  it("prints JSON", async () => {
    const service = createMemoryService();
    const { stdout } = await runCommand(["status", "--json"], { service });
    expect(JSON.parse(stdout)).toMatchObject({
      address: `${service.own}`,
      publicKey: expect.stringMatching(/^0700[0-9a-f]{78}$/),
      uptimeMs: 93_784_000,
      counters: { datagrams_delivered: 1_234_567 },
    });
  });
});
