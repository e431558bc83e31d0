// SPDX-License-Identifier: GPL-3.0-or-later

/** The verbs of the language, all of them; docs/scenarios.md has them in a table. */
import type { Verb } from "../language/script.js";
import { faults } from "./faults.js";
import { questions } from "./questions.js";
import { scene } from "./scene.js";
import { traffic } from "./traffic.js";

export const VERBS: Readonly<Record<string, Verb>> = {
  ...scene,
  ...faults,
  ...traffic,
  ...questions,
};
