// SPDX-License-Identifier: GPL-3.0-or-later

/** Configurations that may name the routing algorithms that are built in, or those handed in. */
import { findAccessFaults } from "../api/index.js";
import * as config from "../config/index.js";
import { type Algorithm, listAlgorithms } from "../network/index.js";

/** Where a configuration comes from, and what it may name. */
export interface ParseOptions {
  /** The name of the file the text came from, as problems shall show it. */
  readonly file: string;
  /** The routing algorithms to choose from; default: those that are built in. */
  readonly networks?: readonly Algorithm[];
  /** Whether the files that it names are looked at, or its text alone is. Default: the text. */
  readonly look?: "text" | "files";
}

/**
 * Reads a configuration: YAML 1.2, one document, at most 1 MiB, with or without a byte order mark.
 * An empty text is the default configuration. Paths in the text are taken from the folder of
 * `file`. Never throws for a text. With the files looked at: those of `api`, as the daemon will.
 */
export function parseConfig(text: string, options: ParseOptions): config.ParseResult {
  const { file, networks = listAlgorithms(), look = "text" } = options;
  const verify = look === "files" ? { verify: accessFaults } : {};
  return config.parseConfig(text, { file, networks, ...verify });
}

function accessFaults({ api }: config.Config): readonly config.Fault[] {
  const usesTls = api.listen.some(({ kind }) => kind === "tls");
  return findAccessFaults(api, usesTls).map(({ key, sentence }) => ({
    path: ["api", key],
    message: sentence,
  }));
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
