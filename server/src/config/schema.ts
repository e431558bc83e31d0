// SPDX-License-Identifier: GPL-3.0-or-later

// Every key of a configuration: what it is for, its bounds and its default, in one place. The
// checks, the example and the schema for editors all come from here. One constant per section.

import { z } from "zod";
import type { LogLevel } from "../core/index.js";
import type { LogSettings } from "./config.js";
import { choice, section, text } from "./fields.js";
import { limitsSchema } from "./limits-schema.js";
import { ENDPOINT_EXPECTED, PATH_EXPECTED, wrongEndpoint, wrongPath } from "./places.js";

const LOG_LEVELS = [
  "trace",
  "debug",
  "info",
  "warn",
  "error",
  "silent",
] as const satisfies readonly LogLevel[];

const logSchema = section({
  level: choice("How much is logged, from everything to nothing.", LOG_LEVELS).default("info"),
  format: choice("How lines look; auto is pretty on a terminal and json elsewhere.", [
    "auto",
    "pretty",
    "json",
  ]).default("auto"),
}).transform((given): LogSettings => Object.freeze(given));

/**
 * The whole configuration. A section of nothing but comments is null in YAML, and means its
 * defaults; a key without a value is a mistake.
 */
export const configSchema = section({
  private_key_path: text(PATH_EXPECTED, wrongPath)
    .optional()
    .describe(
      "The daemon's own private key: a file as `inet256 keygen` prints it, readable by its owner " +
        "only. A path that is not absolute is taken from the folder of this file. Left out: the " +
        "daemon makes a key at its first start and keeps it in the user's state directory.",
    )
    .meta({ examples: ["./private_key.pem"] }),
  api_endpoint: text(ENDPOINT_EXPECTED, wrongEndpoint)
    .optional()
    .describe(
      `Where programs reach the daemon: ${ENDPOINT_EXPECTED}. Left out: inet256.sock in the ` +
        "user's runtime directory, and for root the path below.",
    )
    .meta({ examples: ["unix:///run/inet256.sock"] }),
  log: logSchema
    .nullable()
    .transform((given) => given ?? logSchema.parse({}))
    .prefault({})
    .describe("What the daemon tells about its work, on standard error."),
  crypto: choice(
    "Which code does the cryptography; auto is native where it is installed, else portable.",
    ["auto", "native", "portable"],
  ).default("auto"),
  limits: limitsSchema
    .nullable()
    .transform((given) => given ?? limitsSchema.parse({}))
    .prefault({})
    .describe(
      "What programs may take of the daemon. Sizes are bytes, or text such as 512KiB, 4MiB, 1GiB, " +
        "256MB. A limit that is left out gives way to those it may not exceed.",
    ),
}).meta({ title: "mesh256", description: "The configuration of an INET256 daemon." });

/** What the schema makes of a text: as Config, but for names and paths. */
export type Settings = z.output<typeof configSchema>;

/** The JSON Schema (draft 2020-12) of a configuration file, for editors: checks and completion. */
export function configJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(configSchema, {
    io: "input",
    // zod drops the examples of a key whose text becomes a number; ours are of the text.
    override: ({ zodSchema, jsonSchema }) => {
      const { examples } = z.globalRegistry.get(zodSchema) ?? {};
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
}
