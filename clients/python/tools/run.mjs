// SPDX-License-Identifier: Apache-2.0

// Runs Python in one of this package's environments, with standard input and output passed on:
//
//     node clients/python/tools/run.mjs oldest|newest <arguments of python>

import { spawn } from "node:child_process";
import { prepareEnvironment } from "./environments.mjs";

const [name, ...args] = process.argv.slice(2);
try {
  const interpreter = await prepareEnvironment(name);
  const python = spawn(interpreter, args, { stdio: "inherit" });
  python.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
