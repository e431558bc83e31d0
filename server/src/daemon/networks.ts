// SPDX-License-Identifier: GPL-3.0-or-later

/** The routing algorithms in words, for people who choose one. */
import * as config from "../config/index.js";
import { listAlgorithms } from "../network/index.js";

type JsonSchema = ReturnType<typeof config.configJsonSchema>;

/** A routing algorithm that is built in. */
export interface NetworkDescription {
  /** As `network` in the configuration names it. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Whether it applies where the configuration names none. */
  readonly isDefault: boolean;
  /** In the order of its schema. */
  readonly options: readonly NetworkOptionDescription[];
}

/** An option of a routing algorithm: a key beside `type`. */
export interface NetworkOptionDescription {
  readonly name: string;
  /** What it is for; empty where the algorithm does not say. */
  readonly description: string;
  /** Whether it has to be written. */
  readonly required: boolean;
  /** What applies where it is not written; undefined where nothing does. */
  readonly default: unknown;
}

/** Every routing algorithm that is built in, with its options. */
export function describeNetworks(): readonly NetworkDescription[] {
  return listAlgorithms().map((algorithm) => describeNetwork(algorithm));
}

/** One algorithm. */
export function describeNetwork({
  name,
  description,
  options,
}: config.NetworkKind): NetworkDescription {
  const schema = optionsSchema({ name, description, options });
  const required = new Set(schema?.required);
  const keys = Object.entries(schema?.properties ?? {}).filter(([key]) => key !== "type");
  return {
    name,
    description,
    isDefault: name === config.defaultConfig.network.name,
    options: keys.map(([key, value]) => {
      const about: JsonSchema = typeof value === "boolean" ? {} : value;
      return {
        name: key,
        description: about.description ?? "",
        required: required.has(key),
        default: about.default,
      };
    }),
  };
}

/** The mapping with `type` and the options, from what the configuration's schema says to editors. */
export function optionsSchema(network: config.NetworkKind): JsonSchema | undefined {
  const section = config.configJsonSchema([network]).properties?.["network"];
  if (typeof section !== "object") return undefined;
  return section.anyOf?.find(({ properties }) => properties?.["type"] !== undefined);
}
