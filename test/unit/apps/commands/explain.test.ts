// SPDX-License-Identifier: GPL-3.0-or-later

import { generateKey, type RouteExplanation } from "@inet256/client";
import { describe, expect, it } from "vitest";
import { runCommand } from "../../../support/commands.js";
import { createMemoryService } from "../../../support/memory-service.js";

const [nextHop, router, destination] = [1, 2, 3].map(() => generateKey().address);
const FAR: RouteExplanation = {
  ready: true,
  why: "the best way",
  local: false,
  nextHop,
  router,
  hops: 3,
  costMicros: 4_560,
};

describe("explain", () => {
  it("prints why, then what is known of the way", async () => {
    const service = createMemoryService({ explanation: FAR });
    const { exitCode, stdout } = await runCommand(["explain", `${destination}`], { service });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      [
        "the best way",
        `  next hop  ${nextHop}`,
        `  router    ${router}`,
        "  hops      3",
        "  cost      4.56 ms",
        "",
      ].join("\n"),
    );
  });

  it("leaves out what is not known", async () => {
    const service = createMemoryService();
    const { exitCode, stdout } = await runCommand(["explain", `${service.own}`], { service });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`it is open at this daemon\n  router  ${service.own}\n  hops    0\n`);
  });

  it("fails with one line where there is no way", async () => {
    const service = createMemoryService();
    expect(await runCommand(["explain", `${destination}`], { service })).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "inet256 explain: address: cannot be reached: nobody has it\n",
    });
  });

  it("prints JSON, with and without a way", async () => {
    const service = createMemoryService({ explanation: FAR });
    const words = ["explain", "--json", `${destination}`];
    const reached = await runCommand(words, { service });
    expect(reached.exitCode).toBe(0);
    expect(JSON.parse(reached.stdout)).toEqual({
      ...FAR,
      address: `${destination}`,
      nextHop: `${nextHop}`,
      router: `${router}`,
    });
    const lost = await runCommand(words, { service: createMemoryService() });
    expect([lost.exitCode, lost.stderr]).toEqual([1, ""]);
    expect(JSON.parse(lost.stdout)).toMatchObject({ ready: false, why: "nobody has it" });
  });
});
