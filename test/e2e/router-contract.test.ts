// SPDX-License-Identifier: GPL-3.0-or-later

// The router contract as others have it: the built package, and another test runner than ours.
// Needs `npm run build`.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { listAlgorithms } from "@inet256/mesh256";
import { expect, it } from "vitest";

const run = promisify(execFile);
const CASES = 25;

it("runs in node:test", async () => {
  const file = fileURLToPath(new URL("router-contract.mjs", import.meta.url));
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  const words = ["--test", "--test-reporter=tap", file];
  const { stdout } = await run(process.execPath, words, { env, timeout: 25_000 });
  expect(stdout).toContain(`# pass ${listAlgorithms().length * CASES}\n`);
  expect(stdout).toContain("# fail 0\n");
});
