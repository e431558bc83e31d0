// SPDX-License-Identifier: GPL-3.0-or-later

// The Python client: its style, its types, its tests, the package that comes of it, and its smoke
// program; tests and smoke program with the oldest packages it allows and with the newest.

import {
  NoEnvironment,
  PYTHON_PACKAGE,
  prepareEnvironment,
} from "../../clients/python/tools/environments.mjs";
import { countTests, succeed } from "./command.mjs";
import { checkPackage } from "./python-package.mjs";

const NAMES = ["newest", "oldest"];

/** The environments that can be had, as [{name, interpreter}]; the report says which cannot. */
export async function prepareEnvironments(report) {
  const environments = [];
  for (const name of NAMES) {
    try {
      environments.push({ name, interpreter: await prepareEnvironment(name) });
    } catch (error) {
      if (!(error instanceof NoEnvironment)) throw error;
      report.skip(`Python with the ${name} packages`, error.message);
    }
  }
  return environments;
}

/** Checks style, types and the package, and runs the tests. */
export async function checkPython(report, environments) {
  for (const { name, interpreter } of environments) {
    await report.check(`Python: tests and vectors, ${name} packages`, () =>
      countTests(interpreter, ["-m", "pytest"], { cwd: PYTHON_PACKAGE }),
    );
    if (name !== "newest") continue;
    await report.check("Python: style (ruff)", async () => {
      for (const check of [["format", "--check"], ["check"]]) {
        const args = ["-m", "ruff", ...check, "--no-cache"];
        await succeed(interpreter, args, { cwd: PYTHON_PACKAGE });
      }
    });
    await report.check("Python: types (mypy --strict)", async () => {
      await succeed(interpreter, ["-m", "mypy"], { cwd: PYTHON_PACKAGE });
    });
    await report.check("Python: the wheel, installed, runs the README's example", () =>
      checkPackage(interpreter),
    );
  }
}

/** Runs the smoke program against a daemon. */
export async function smokePython(interpreter, endpoint) {
  return countTests(interpreter, ["-m", "smoke", "--api", endpoint], {
    cwd: PYTHON_PACKAGE,
    env: { PYTHONPATH: "src" },
    deadline: 60_000,
  });
}
