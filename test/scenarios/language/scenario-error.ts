// SPDX-License-Identifier: GPL-3.0-or-later

/** What is wrong with a scenario, or went wrong in it: `file:line: what`. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
}

/** Something is wrong in this line. */
export function wrong(file: string, line: number, what: string): ScenarioError {
  return new ScenarioError(`${file}:${line}: ${what}`);
}
