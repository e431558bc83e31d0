// SPDX-License-Identifier: GPL-3.0-or-later

// What nearly every case of the router contract begins with: two daemons that are neighbours.

import type { ConfiguredAlgorithm } from "../../network/index.js";
import { createRouterLab, type LabDaemon, type LabNode, type RouterLab } from "../router-lab.js";

/** Two neighbours, each with a node. */
export interface Pair {
  readonly lab: RouterLab;
  readonly a: LabDaemon;
  readonly b: LabDaemon;
  /** Open at a. */
  readonly alice: LabNode;
  /** Open at b. */
  readonly bob: LabNode;
}

/** Makes a pair in a lab of its own. */
export type MakePair = () => Pair;

/** Defines one case, as the test runner's `it` does. */
export type It = (name: string, run: () => void) => void;

/** Pairs of daemons with this algorithm. */
export function pairsOf(algorithm: ConfiguredAlgorithm): MakePair {
  return () => {
    const lab = createRouterLab(algorithm);
    const a = lab.daemon("a");
    const b = lab.daemon("b");
    const alice = lab.node();
    const bob = lab.node();
    lab.link(a, b);
    a.open(alice);
    b.open(bob);
    return { lab, a, b, alice, bob };
  };
}
