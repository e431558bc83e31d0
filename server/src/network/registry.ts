// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The routing algorithms by name. Adding one: a folder beside onehop/ that makes an Algorithm with
 * defineAlgorithm, and a line here; docs/adding-a-network.md goes through one.
 */
import type { Algorithm } from "./algorithm.js";
import { beaconnet } from "./beaconnet/index.js";
import { onehop } from "./onehop/index.js";

const ALGORITHMS: readonly Algorithm[] = [onehop, beaconnet];

/** Every algorithm that is built in. */
export function listAlgorithms(): readonly Algorithm[] {
  return ALGORITHMS;
}

/** The algorithm of this name. */
export function findAlgorithm(name: string): Algorithm | undefined {
  return ALGORITHMS.find((algorithm) => algorithm.name === name);
}
