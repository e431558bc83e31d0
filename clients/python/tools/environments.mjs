// SPDX-License-Identifier: Apache-2.0

// The Python environments of this package: "oldest", which also makes the stubs, and "newest". Each
// is a virtual environment in .venv/ with exactly what its file in requirements/ pins, made when it
// is first asked for and again when the file or the interpreter has changed.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** The folder of the Python package. */
export const PYTHON_PACKAGE = fileURLToPath(new URL("..", import.meta.url));

/** Which Python each environment works with: from, and up to but without. */
const PYTHONS = {
  oldest: { from: 310, before: 314, says: "Python 3.10 to 3.13" },
  newest: { from: 310, before: 400, says: "Python 3.10 or newer" },
};

const COMMANDS = ["python3", "python", ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];
const IDENTIFY =
  "import sys; v = sys.version_info; print(100 * v[0] + v[1], sys.version_info[:3], sys.executable)";

/** How long each step of making an environment may take, in milliseconds. */
const STEP_LIMIT = 300_000;

/** Why there is no environment, in words: Python or its packages cannot be had. */
export class NoEnvironment extends Error {}

/**
 * The path of the interpreter of an environment, "oldest" or "newest", made first if need be.
 * Rejects with NoEnvironment.
 */
export async function prepareEnvironment(name) {
  const python = await findPython(PYTHONS[name]);
  const requirements = join(PYTHON_PACKAGE, "requirements", `${name}.txt`);
  const folder = join(PYTHON_PACKAGE, ".venv", name);
  // Its scripts name the folder, so one that was moved is made again.
  const stamp = createHash("sha256")
    .update(`${folder}\n${python.identity}`)
    .update(await readFile(requirements))
    .digest("hex");
  const interpreter = join(folder, "bin", "python");
  if (await isStamped(folder, stamp)) return interpreter;
  await mkdir(join(PYTHON_PACKAGE, ".venv"), { recursive: true });
  await locked(`${folder}.lock`, async () => {
    if (await isStamped(folder, stamp)) return;
    await rm(folder, { recursive: true, force: true });
    await step("cannot make a virtual environment", python.command, ["-m", "venv", folder]);
    // Wheels only: whether a compiler is at hand must not decide what is tested.
    const install = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--no-input",
    ];
    const pinned = ["--only-binary", ":all:", "--no-deps", "--requirement", requirements];
    await step("cannot install the pinned packages", interpreter, [...install, ...pinned]);
    await writeFile(stampFile(folder), stamp);
  });
  return interpreter;
}

/** The first Python on the path that is in the range. */
async function findPython({ from, before, says }) {
  for (const command of COMMANDS) {
    try {
      const { stdout } = await execute(command, ["-c", IDENTIFY], { timeout: STEP_LIMIT });
      const version = Number.parseInt(stdout, 10);
      if (version >= from && version < before) return { command, identity: stdout };
    } catch {
      // No such command, or one that does not work: the next one may.
    }
  }
  throw new NoEnvironment(`${says} is not installed`);
}

async function step(otherwise, command, args) {
  try {
    await execute(command, args, { timeout: STEP_LIMIT });
  } catch (error) {
    const lines = `${error.stdout ?? ""}\n${error.stderr ?? ""}`.trim().split("\n");
    const reason = lines.findLast((line) => line.includes("ERROR")) ?? lines.at(-1);
    throw new NoEnvironment(`${otherwise}: ${reason || error.message}`, { cause: error });
  }
}

function stampFile(folder) {
  return join(folder, "inet256-stamp");
}

async function isStamped(folder, stamp) {
  try {
    return (await readFile(stampFile(folder), "utf8")) === stamp;
  } catch {
    return false;
  }
}

/** Runs one at a time among all processes; a lock that nobody has renewed for long is broken. */
async function locked(lock, work) {
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const made = await stat(lock).catch(() => undefined);
      if (made !== undefined && Date.now() - made.mtimeMs > 2 * STEP_LIMIT)
        await rm(lock, { recursive: true, force: true });
      await wait(200);
    }
  }
  try {
    await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}
