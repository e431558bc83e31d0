// SPDX-License-Identifier: GPL-3.0-or-later

// Running other programs: with a deadline, and with their output kept for when they fail.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const DEADLINE = 600_000;
const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * Runs a program in a folder (the repository's root) with this input until it ends. Answers {code,
 * stdout, stderr}; rejects if it cannot be started, is killed, or takes longer than the deadline.
 */
export function run(command, args, options = {}) {
  const { cwd = ROOT, env = {}, input = "", deadline = DEADLINE } = options;
  return new Promise((resolve, reject) => {
    const settings = {
      cwd,
      env: { ...process.env, ...env },
      timeout: deadline,
      maxBuffer: MAX_OUTPUT,
    };
    const program = execFile(command, args, settings, (error, stdout, stderr) => {
      if (error === null) return resolve({ code: 0, stdout, stderr });
      if (typeof error.code === "number") return resolve({ code: error.code, stdout, stderr });
      const why = error.killed ? `took longer than ${deadline / 1000} s` : error.message;
      reject(new Error(`${command}: ${why}\n${stdout}${stderr}`, { cause: error }));
    });
    // A program that does not read its input says what it makes of that by its exit code.
    program.stdin.on("error", () => undefined);
    program.stdin.end(input);
  });
}

/** The same for a program that has to succeed: rejects with its output unless it ends with 0. */
export async function succeed(command, args, options) {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  throw new Error(
    `${command} ${args.join(" ")}: exit ${result.code}\n${result.stdout}${result.stderr}`,
  );
}

/**
 * The same for a program whose output has "N passed" and perhaps "N failed" in its last such line:
 * answers {passed, failed, output}.
 */
export async function countTests(command, args, options) {
  const { code, stdout, stderr } = await run(command, args, options);
  const output = stdout + stderr;
  const last = output.split("\n").findLast((line) => /\b\d+ (passed|failed)\b/.test(line)) ?? "";
  const passed = Number(/(\d+) passed/.exec(last)?.[1] ?? 0);
  const failed = Number(/(\d+) failed/.exec(last)?.[1] ?? 0);
  // It says that something is wrong, or that nothing was tested.
  const broken = (code !== 0 && failed === 0) || passed + failed === 0;
  return { passed, failed: failed + (broken ? 1 : 0), output };
}
