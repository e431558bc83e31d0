// SPDX-License-Identifier: GPL-3.0-or-later

// The key `network`: the name of an algorithm, or a mapping with its `type` and its options. The
// algorithms are handed in. Guards that the options of a Config are valid for their algorithm.

import { z } from "zod";
import type { NetworkSettings } from "./config.js";
import { DEFAULT_NETWORK } from "./constants.js";
import { foreignMessage, partOfJsonSchema, wrongKind } from "./fields.js";
import { deepFreeze } from "./freeze.js";
import { nearestName } from "./nearest.js";
import { isName } from "./problems.js";

type Context = z.core.$RefinementCtx<unknown>;

/** A routing algorithm, as far as a configuration needs it. */
export interface NetworkKind {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /**
   * What its options are: keys beside `type`, which is taken. Messages that it brings itself say
   * "what is wrong, expected what" and never show a value; for the others ours are used.
   */
  readonly options: z.ZodType;
}

/** Algorithms to choose from. */
export type NetworkKinds = readonly NetworkKind[];

/** What applies where nothing is written. */
export const DEFAULT_NETWORK_SETTINGS: NetworkSettings = deepFreeze({
  name: DEFAULT_NETWORK,
  options: {},
});

/** The key `network`. */
export function createNetworkSchema(networks: NetworkKinds) {
  const names = networks.map(({ name }) => name);
  return z
    .unknown()
    .transform((given, context) => readNetwork(given, networks, context))
    .describe(
      "How messages find their way; all daemons of a network have the same. A name, or a mapping " +
        `with the name as \`type\` and options. One of ${names.join(", ")}.`,
    )
    .meta({
      anyOf: [{ type: "string", enum: names }, ...networks.map(jsonSchemaOf)],
      examples: [DEFAULT_NETWORK],
    });
}

function readNetwork(given: unknown, networks: NetworkKinds, context: Context): NetworkSettings {
  const { type, options, path } = split(given);
  const names = networks.map(({ name }) => name);
  const network = networks.find(({ name }) => name === type);
  if (network === undefined) {
    const message = `${wrongType(type, names)}, expected one of ${names.join(", ")}`;
    context.addIssue({ code: "custom", path, message });
    return z.NEVER;
  }
  const result = network.options.safeParse(options, { error: foreignMessage });
  if (result.success) return deepFreeze({ name: network.name, options });
  for (const issue of result.error.issues) context.issues.push({ ...issue, input: undefined });
  return z.NEVER;
}

/** The name and the options, and where the name stands. */
function split(given: unknown): {
  readonly type: unknown;
  readonly options: Record<string, unknown>;
  readonly path: string[];
} {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return { type: given, options: {}, path: [] };
  }
  const { type, ...options } = given as Record<string, unknown>;
  return { type, options, path: ["type"] };
}

function wrongType(type: unknown, names: readonly string[]): string {
  if (typeof type !== "string") return wrongKind(type);
  const meant = isName(type) ? nearestName(type, names) : undefined;
  return `unknown network${meant === undefined ? "" : ` (did you mean ${meant}?)`}`;
}

/** A mapping with this network's type and options, for editors. */
function jsonSchemaOf({ name, description, options }: NetworkKind): z.core.JSONSchema.BaseSchema {
  const schema = partOfJsonSchema(options);
  return {
    ...schema,
    type: "object",
    description,
    properties: { type: { type: "string", const: name }, ...schema.properties },
    required: ["type", ...(schema.required ?? [])],
  };
}
