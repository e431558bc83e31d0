// SPDX-License-Identifier: GPL-3.0-or-later

// The built package as its users have it: from plain JavaScript, and from strict TypeScript with
// settings of their own. Needs `npm run build`.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startTestDaemon, type TestDaemon } from "../support/daemon.js";

const HERE = dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);

let daemon: TestDaemon;
beforeEach(async () => {
  daemon = await startTestDaemon();
});
afterEach(() => daemon.stop());

it("works from plain JavaScript", async () => {
  const { stdout, stderr } = await run(process.execPath, [join(HERE, "plain-javascript.mjs")], {
    env: { ...process.env, INET256_API: daemon.endpoint },
    timeout: 20_000,
  });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({
    hello: "hello",
    from: true,
    batched: ["one", "two"],
    found: true,
    oneAddressClass: true,
    scanner: "function",
    wrong: [
      "BAD_ADDRESS",
      "BAD_REQUEST",
      "BAD_KEY",
      "UNSUPPORTED_OPTION",
      "BAD_REQUEST",
      "NODE_CLOSED",
    ],
  });
});

it("works from strict TypeScript, whose settings are the user's own", async () => {
  const compiler = join(
    dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
    "bin/tsc",
  );
  const folder = mkdtempSync(join(tmpdir(), "inet256-consumer-"));
  try {
    for (const module of ["nodenext", "esnext"]) {
      const settings = {
        compilerOptions: {
          target: "es2022",
          lib: ["es2022"],
          module,
          moduleResolution: module === "nodenext" ? "nodenext" : "bundler",
          types: ["node"],
          typeRoots: [join(HERE, "../../node_modules/@types")],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: false,
          noEmit: true,
        },
        files: [join(HERE, "strict-typescript.ts")],
      };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
      const checked = await run(process.execPath, [compiler, "-p", folder], {
        timeout: 20_000,
      }).catch((error: { readonly stdout: string }) => error);
      expect(checked.stdout).toBe("");
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
