// SPDX-License-Identifier: GPL-3.0-or-later

// The Python package as somebody gets it: the wheel is built, installed into an empty environment,
// and the example of its README is run from there, word for word.

import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PYTHON_PACKAGE } from "../../clients/python/tools/environments.mjs";
import { succeed } from "./command.mjs";
import { startDaemon } from "./daemon.mjs";

const PIP = ["-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"];
const HELLO_DEADLINE = 30_000;

/** Builds, installs, and runs the example. `interpreter` is that of the newest packages. */
export async function checkPackage(interpreter) {
  const folder = await mkdtemp(join(tmpdir(), "inet256-wheel-"));
  try {
    const installed = await install(interpreter, folder);
    const example = join(folder, "hello.py");
    await writeFile(example, await readExample());
    const daemon = await startDaemon();
    try {
      await runHello(installed, example, folder, daemon.endpoint);
    } finally {
      await daemon.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes the environment, with the versions that are pinned; answers its interpreter. */
async function install(interpreter, folder) {
  const build = ["wheel", "--no-build-isolation", "--no-deps", "--wheel-dir", folder, "."];
  await succeed(interpreter, [...PIP, ...build], { cwd: PYTHON_PACKAGE });
  const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new Error("no wheel was built");
  const environment = join(folder, "environment");
  await succeed(interpreter, ["-m", "venv", environment]);
  const python = join(environment, "bin/python");
  const pins = join(PYTHON_PACKAGE, "requirements/newest.txt");
  const wheels = ["install", "--only-binary", ":all:", "--constraint", pins, join(folder, wheel)];
  await succeed(python, [...PIP, ...wheels], { cwd: folder });
  return python;
}

/** The program in the README, which is the one in examples/ without its first line. */
async function readExample() {
  const readme = await readFile(join(PYTHON_PACKAGE, "README.md"), "utf8");
  const example = await readFile(join(PYTHON_PACKAGE, "examples/hello.py"), "utf8");
  const shown = /^```python\n(.*?)^```$/ms.exec(readme)?.[1] ?? "";
  if (shown !== example.slice(example.indexOf("\n") + 1)) {
    throw new Error("the README shows another program than examples/hello.py");
  }
  return shown;
}

/** One process waits, another says hello to it; checks what both print. */
async function runHello(python, example, cwd, endpoint) {
  const env = { INET256_API: endpoint };
  const listener = spawn(python, [example], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: HELLO_DEADLINE,
  });
  try {
    const lines = createInterface({ input: listener.stdout })[Symbol.asyncIterator]();
    const address = (await lines.next()).value ?? "";
    const { stdout } = await succeed(python, [example, address], {
      cwd,
      env,
      deadline: HELLO_DEADLINE,
    });
    const [greeter, greeting] = split((await lines.next()).value ?? "");
    const [answerer, answer] = split(stdout.trimEnd());
    expect(greeting, "says hello");
    expect(answerer, address);
    expect(answer, `says hello, ${greeter}`);
  } finally {
    listener.kill();
  }
}

/** An address and the rest of the line. */
function split(line) {
  const end = line.indexOf(" ");
  return [line.slice(0, end), line.slice(end + 1)];
}

function expect(got, wanted) {
  if (got !== wanted) throw new Error(`the example printed ${got}, expected ${wanted}`);
}
