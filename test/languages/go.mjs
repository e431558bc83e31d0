// SPDX-License-Identifier: GPL-3.0-or-later

// The Go client: its code, its tests, and its smoke program.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { countTests, run, succeed } from "./command.mjs";
import { buildProgram, CACHE, MODULE } from "./go-programs.mjs";

/** grpcurl as of this version, the newest there is. */
const GRPCURL = "v1.9.3";

/** staticcheck as of this version, which works with Go 1.23. */
const STATICCHECK = "v0.6.1";

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
  await report.check("Go: staticcheck", async () => {
    // Some errors of the smoke program begin with the name of a method.
    const args = ["run", `honnef.co/go/tools/cmd/staticcheck@${STATICCHECK}`];
    await succeed("go", [...args, "-checks=inherit,-ST1005", "./..."], { cwd: MODULE });
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
export function buildSmoke() {
  return buildProgram("./internal/smoke");
}

/** How the programs of Go that other languages have too are called. */
export async function goPrograms() {
  const [exchange, hello] = await Promise.all([
    buildProgram("./internal/exchange"),
    buildProgram("./examples/hello"),
  ]);
  return {
    exchange: { language: "Go", command: exchange, args: [], options: {} },
    hello: { language: "Go", command: hello, args: [], options: {} },
  };
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
