// SPDX-License-Identifier: GPL-3.0-or-later

/** Configurations that may name any of the routing algorithms that are built in. */
import * as config from "../config/index.js";
import { listAlgorithms } from "../network/index.js";

/**
 * Reads a configuration: YAML 1.2, one document, at most 1 MiB, with or without a byte order mark.
 * An empty text is the default configuration. `file` is the name of the file the text came from,
 * as problems shall show it; paths in the text are taken from its folder. Never throws for a text.
 */
export function parseConfig(text: string, { file }: { readonly file: string }): config.ParseResult {
  return config.parseConfig(text, { file, networks: listAlgorithms() });
}

/**
 * A complete configuration, every key explained. As it stands it means the defaults, with the
 * private key in private_key.pem beside it. Ends with a line break.
 */
export function exampleConfig(): string {
  return config.exampleConfig(listAlgorithms());
}

/** The JSON Schema (draft 2020-12) of a configuration file, for editors: checks and completion. */
export function configJsonSchema(): ReturnType<typeof config.configJsonSchema> {
  return config.configJsonSchema(listAlgorithms());
}
