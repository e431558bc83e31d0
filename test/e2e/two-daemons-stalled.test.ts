// SPDX-License-Identifier: GPL-3.0-or-later

// A daemon that gets no time from its machine for a while, in the middle of a file: what is sent to
// it meanwhile waits where there is room for it, and nothing is lost.

import { randomBytes } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createDaemons, type Daemons } from "../support/two-daemons.js";
import { until } from "../support/until.js";

const FILE_BYTES = 4 * 1024 * 1024;
const BEFORE_BYTES = 200_000;
const STALL_MS = 1_000;
const CLEAN = { code: 0, signal: null };

let daemons: Daemons;
beforeEach(async () => {
  daemons = await createDaemons(2);
  await daemons.start();
});
afterEach(() => daemons.end());

it("a file through nc arrives byte for byte although its receiver's daemon stands still", async () => {
  const [from, to] = [daemons.at(0), daemons.at(1)];
  const file = randomBytes(FILE_BYTES);
  writeFileSync(from.workshop.path("file"), file);
  const listener = to.workshop.start(["nc", "-l"], { from: "/dev/null", to: "copy" });
  const [, address = ""] = await listener.stderr.waitFor(/^listening on (\S{43})\n/);
  const sender = from.workshop.start(["nc", "--", address], { from: "file" });
  const copy = to.workshop.path("copy");
  await until("it has begun", () => statSync(copy).size >= BEFORE_BYTES);
  to.process.kill("SIGSTOP");
  const began = performance.now();
  await until("it has stood still", () => performance.now() - began >= STALL_MS);
  to.process.kill("SIGCONT");
  expect(await Promise.all([sender.ended, listener.ended])).toEqual([CLEAN, CLEAN]);
  expect(Buffer.compare(readFileSync(copy), file)).toBe(0);
});
