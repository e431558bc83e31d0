// SPDX-License-Identifier: GPL-3.0-or-later

// The config room with networks to choose from: the one that is the default, and one with options.

import { z } from "zod";
import * as config from "../../../server/src/config/index.js";

const HOP: config.NetworkKind = {
  name: "beaconnet",
  description: "None.",
  options: z.strictObject({}),
};

const FLOOD: config.NetworkKind = {
  name: "flood",
  description: "One with options.",
  options: z.strictObject({
    hops: z.int().min(1).max(16).default(4),
    mode: z.enum(["slow", "fast"]).optional(),
    inside: z.strictObject({ seed: z.string().min(2).optional() }).optional(),
    marks: z.array(z.string()).optional(),
  }),
};

/** One that cannot be had without options. */
const NEEDY: config.NetworkKind = {
  name: "needy",
  description: "One with an option that must be there.",
  options: z.strictObject({ root: z.string() }),
};

/** Networks to choose from. */
export const NETWORKS: config.NetworkKinds = [HOP, FLOOD, NEEDY];
const HOP_ALONE: config.NetworkKinds = [HOP];

/** Reads a text; any of NETWORKS may stand in it. */
export function parseConfig(
  text: string,
  settings: Omit<config.ParseSettings, "networks">,
): config.ParseResult {
  return config.parseConfig(text, { ...settings, networks: NETWORKS });
}

/** The example where there is the default network alone. */
export const exampleConfig = (): string => config.exampleConfig(HOP_ALONE);

/** The JSON Schema of what `parseConfig` reads. */
export const configJsonSchema = (): ReturnType<typeof config.configJsonSchema> =>
  config.configJsonSchema(NETWORKS);
