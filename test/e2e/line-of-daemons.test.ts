// SPDX-License-Identifier: GPL-3.0-or-later

// Five daemons as processes in a line over UDP, with beaconnet: ping and perf across, and a daemon in
// the middle that is killed and started again.

import { generateKey } from "@inet256/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createEar, createNumberedTraffic } from "../support/numbered-traffic.js";
import { createDaemons, type Daemons } from "../support/two-daemons.js";
import { until } from "../support/until.js";

const COUNT = 5;
const DEADLINE_MS = 20_000;

let daemons: Daemons;
beforeEach(async () => {
  daemons = await createDaemons(COUNT, {
    network: "beaconnet",
    peersOf: (index) => [index - 1, index + 1].filter((peer) => peer >= 0 && peer < COUNT),
  });
  await daemons.start();
  await daemons.up();
});
afterEach(() => daemons.end());

it("messages cross it, and go on when the daemon in the middle is back", async () => {
  const [first, middle, last] = [daemons.at(0), daemons.at(2), daemons.at(COUNT - 1)];
  const ping = await first.workshop.run(["ping", "--count", "3", `${last.address}`]);
  expect(ping.stdout).toContain("3 received");
  expect(ping.code).toBe(0);

  const server = last.workshop.start(["perf", "server", "--json"]);
  const [, address = ""] = await server.stdout.waitFor(/"address":"(\S{43})"/);
  const perf = await first.workshop.run(["perf", "client", "-n", "2000", "--json", "--", address]);
  expect(perf.code).toBe(0);
  process.stdout.write(`perf across: ${perf.stdout.trim()}\n`);

  const from = await first.connect().open(generateKey());
  const to = await last.connect().open(generateKey());
  const ear = createEar(to);
  const traffic = createNumberedTraffic(from, to.address, ear);
  await traffic.flow(50);
  await middle.kill();
  await middle.start();
  const began = performance.now();
  const number = traffic.send();
  await until(
    "traffic goes on",
    () => {
      traffic.fill();
      return (ear.numbers.at(-1) ?? -1) >= number;
    },
    DEADLINE_MS,
  );
  const tookMs = performance.now() - began;
  process.stdout.write(`traffic across again ${tookMs.toFixed(0)} ms after the start\n`);
  expect(ear.twice()).toEqual([]);
});
