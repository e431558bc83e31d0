// SPDX-License-Identifier: GPL-3.0-or-later

// SIGTERM during traffic: the daemon is gone soon, with exit code 0 and without its socket, and the
// other one is told rather than left to wait. When it is back, the traffic is as well.

import { existsSync } from "node:fs";
import { generateKey } from "@inet256/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createEar, createNumberedTraffic } from "../support/numbered-traffic.js";
import { createDaemons, type Daemons } from "../support/two-daemons.js";
import { until } from "../support/until.js";

/** What we say of ourselves: milliseconds until a daemon with traffic is gone. */
const CLAIM_MS = 5_000;
/** Far less than it takes to notice by oneself that a peer does not answer. */
const TOLD_MS = 1_000;

let daemons: Daemons;
beforeEach(async () => {
  daemons = await createDaemons(2);
  await daemons.start();
});
afterEach(() => daemons.end());

it("SIGTERM during traffic: exit code 0, no socket, and the other one is told", async () => {
  const [stopping, staying] = [daemons.at(0), daemons.at(1)];
  const [a, b] = await Promise.all([
    stopping.connect().open(generateKey()),
    staying.connect().open(generateKey()),
  ]);
  const ears = [createEar(b), createEar(a)] as const;
  const ways = [
    createNumberedTraffic(a, b.address, ears[0]),
    createNumberedTraffic(b, a.address, ears[1]),
  ];
  await Promise.all(ways.map((way) => way.flow(200)));

  const socket = stopping.workshop.path("run/inet256.sock");
  expect(existsSync(socket)).toBe(true);
  const { stderr } = staying.process;
  const down = /"reason":"peer-shutting-down"/;
  expect(stderr.text).not.toMatch(down);
  const began = performance.now();
  const told = stderr.waitFor(down).then(() => performance.now() - began);
  const ended = stopping.process.ended.then((ending) => [ending, performance.now() - began]);
  stopping.process.kill("SIGTERM");
  let [ending, endedMs]: readonly unknown[] = [];
  void ended.then((how) => {
    [ending, endedMs] = how;
  });
  await until("it has ended", () => {
    for (const way of ways) way.fill(10);
    return ending !== undefined;
  });
  expect(ending).toEqual({ code: 0, signal: null });
  expect(endedMs).toBeLessThan(CLAIM_MS);
  expect(existsSync(socket)).toBe(false);
  const toldMs = await told;
  console.info(
    `SIGTERM: ended after ${Math.round(Number(endedMs))} ms (claimed: under ${CLAIM_MS}), the peer told after ${Math.round(toldMs)} ms`,
  );
  expect(toldMs).toBeLessThan(Number(endedMs) + TOLD_MS);
  expect((await staying.status()).peers[0]?.up).toBe(false);

  await stopping.start();
  await Promise.all(ways.map((way) => way.flow(200)));
  for (const ear of ears) expect(ear.twice()).toEqual([]);
});
