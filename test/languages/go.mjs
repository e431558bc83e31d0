// SPDX-License-Identifier: GPL-3.0-or-later

// The Go client: its code, its tests, and its smoke program.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { countTests, ROOT, run, succeed } from "./command.mjs";

const MODULE = join(ROOT, "clients/go");
const CACHE = join(ROOT, "node_modules/.cache/inet256-go");

/** grpcurl as of this version, the newest there is. */
const GRPCURL = "v1.9.3";

/** Why Go cannot be used here, in words; undefined if it can. */
export async function whyNoGo() {
  try {
    await succeed("go", ["version"]);
  } catch {
    return "Go is not installed";
  }
  const { code, stderr } = await run("go", ["mod", "download"], { cwd: MODULE });
  if (code === 0) return undefined;
  return `the pinned modules cannot be had: ${stderr.trim().split("\n").at(-1)}`;
}

/** Checks the code and runs the tests. */
export async function checkGo(report) {
  await report.check("Go: gofmt", async () => {
    const { stdout } = await succeed("gofmt", ["-l", "."], { cwd: MODULE });
    if (stdout !== "") throw new Error(`not formatted:\n${stdout}`);
  });
  await report.check("Go: vet", async () => {
    await succeed("go", ["vet", "./..."], { cwd: MODULE });
  });
  await report.check("Go: tests and vectors", testGo);
}

async function testGo() {
  // Not from Go's cache, which does not see that the vectors outside its module have changed.
  const args = ["test", "-json", "-count=1", "./..."];
  const { code, stdout, stderr } = await run("go", args, { cwd: MODULE });
  const events = stdout
    .split("\n")
    .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
  const count = (action) =>
    events.filter((e) => e.Action === action && e.Test !== undefined).length;
  const [passed, failed] = [count("pass"), count("fail")];
  const broken = (code !== 0 && failed === 0) || passed + failed === 0;
  const output = events.map((event) => event.Output ?? "").join("") + stderr;
  return { passed, failed: failed + (broken ? 1 : 0), output };
}

/** Builds the smoke program; answers its path. */
export async function buildSmoke() {
  await mkdir(CACHE, { recursive: true });
  const program = join(CACHE, "smoke");
  await succeed("go", ["build", "-o", program, "./internal/smoke"], { cwd: MODULE });
  return program;
}

/** Runs the smoke program against a daemon. */
export async function smokeGo(endpoint) {
  return countTests(await buildSmoke(), ["--api", endpoint], { deadline: 60_000 });
}

/** Builds grpcurl, unless an earlier run has; answers its path. */
export async function buildGrpcurl() {
  const folder = join(CACHE, `grpcurl-${GRPCURL}`);
  const program = join(folder, "grpcurl");
  const built = await run(program, ["-version"]).catch(() => undefined);
  if (built?.code === 0) return program;
  await mkdir(folder, { recursive: true });
  await succeed("go", ["install", `github.com/fullstorydev/grpcurl/cmd/grpcurl@${GRPCURL}`], {
    env: { GOBIN: folder },
  });
  return program;
}
