// SPDX-License-Identifier: GPL-3.0-or-later

// What every routing algorithm promises to the driver. One list of cases, run by each; a case that
// one of them breaks is a bug there. Daemons are direct neighbours unless a case says otherwise.

import type { ConfiguredAlgorithm } from "../network/index.js";
import { carryingCases } from "./router-cases/carrying.js";
import { findingCases } from "./router-cases/finding.js";
import { hostileCases } from "./router-cases/hostile.js";
import { lifeCases } from "./router-cases/lives.js";
import { pairsOf } from "./router-cases/pair.js";

/**
 * What is needed of a test runner, as vitest, node:test, jest and mocha have it. Cases are
 * synchronous and fail by throwing an AssertionError of node:assert.
 */
export interface TestRunner {
  readonly describe: (name: string, define: () => void) => void;
  readonly it: (name: string, run: () => void) => void;
}

/**
 * Defines every case for an algorithm, in a suite of its own. The options have to let daemons with
 * any addresses reach each other as direct neighbours.
 */
export function routerContract(algorithm: ConfiguredAlgorithm, runner: TestRunner): void {
  // The case is handed on without the context that runners give to it.
  const it = (name: string, run: () => void): void => runner.it(name, () => run());
  const suite = (name: string, define: () => void): void => {
    runner.describe(name, () => define());
  };
  const pair = pairsOf(algorithm);
  suite(`the router contract, ${algorithm.name}`, () => {
    suite("finding", () => findingCases(it, pair));
    suite("carrying", () => carryingCases(it, pair));
    suite("nodes that come and go", () => lifeCases(it, pair));
    suite("hostile neighbours", () => hostileCases(it, pair));
  });
}
