// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { runCommand } from "../../../support/commands.js";
import { createMemoryService } from "../../../support/memory-service.js";

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
        "nodes      0",
        "clients    1",
        "streams    0",
        "queued     1.23 kB",
        "",
        "counters",
        "  datagrams_delivered  1,234,567",
        "  datagrams_lost               0",
        "",
      ].join("\n"),
    );
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
