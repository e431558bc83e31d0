// SPDX-License-Identifier: GPL-3.0-or-later

// Every key of a configuration: what it is for, its bounds and its default, in one place. The
// checks, the example and the schema for editors all come from here. One constant per section, but
// for `network`, whose options are those of the algorithms handed in.

import { z } from "zod";
import { LOG_LEVELS } from "../core/index.js";
import { apiSchema, DEFAULT_API } from "./api-schema.js";
import type { LogSettings } from "./config.js";
import { choice, section, text } from "./fields.js";
import { deepFreeze } from "./freeze.js";
import { limitsSchema } from "./limits-schema.js";
import { metricsSchema } from "./metrics-schema.js";
import {
  createNetworkSchema,
  DEFAULT_NETWORK_SETTINGS,
  type NetworkKinds,
} from "./network-schema.js";
import { peersSchema } from "./peers-schema.js";
import { ENDPOINT_EXPECTED, PATH_EXPECTED, wrongEndpoint, wrongPath } from "./places.js";
import { DEFAULT_TRANSPORTS, transportsSchema } from "./transports-schema.js";

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
function createConfigSchema(networks: NetworkKinds) {
  return (
    section({
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
      api: apiSchema
        .nullable()
        .optional()
        .describe(
          "Who may call beside the owner of the unix socket. Whoever may call may read the status and " +
            "change the daemon's peers.",
        ),
      log: logSchema
        .nullable()
        .transform((given) => given ?? logSchema.parse({}))
        .prefault({})
        .describe("What the daemon tells about its work, on standard error."),
      crypto: choice(
        "Which code does the cryptography; auto is native where it is installed, else portable.",
        ["auto", "native", "portable"],
      ).default("auto"),
      network: createNetworkSchema(networks).optional(),
      transports: transportsSchema.optional(),
      peers: peersSchema.optional(),
      metrics: metricsSchema
        .nullable()
        .transform((given) => given ?? metricsSchema.parse({}))
        .prefault({})
        .describe("Counters for Prometheus, and whatever else reads its text format."),
      limits: limitsSchema
        .nullable()
        .transform((given) => given ?? limitsSchema.parse({}))
        .prefault({})
        .describe(
          "What programs may take of the daemon. Sizes are bytes, or text such as 512KiB, 4MiB, 1GiB, " +
            "256MB. A limit that is left out gives way to those it may not exceed.",
        ),
    })
      // Also after other problems, so that all are reported at once.
      .superRefine(checkReach, { when: () => true })
      .transform(({ api, network, transports, peers, ...others }) => ({
        ...others,
        api: deepFreeze(api ?? DEFAULT_API),
        network: network ?? DEFAULT_NETWORK_SETTINGS,
        transports: deepFreeze(transports ?? DEFAULT_TRANSPORTS),
        peers: deepFreeze(peers ?? []),
      }))
      .meta({ title: "mesh256", description: "The configuration of an INET256 daemon." })
  );
}

type ConfigSchema = ReturnType<typeof createConfigSchema>;

const schemas = new WeakMap<NetworkKinds, ConfigSchema>();

/** The schema of configurations with these networks, made once for each list of them. */
export function configSchema(networks: NetworkKinds): ConfigSchema {
  const schema = schemas.get(networks) ?? createConfigSchema(networks);
  schemas.set(networks, schema);
  return schema;
}

/** Peers that are dialled need something to be dialled over. */
function checkReach(
  given: { readonly transports?: unknown; readonly peers?: unknown },
  context: z.core.$RefinementCtx<unknown>,
): void {
  const { transports, peers } = given;
  if (!Array.isArray(transports) || transports.length > 0 || !Array.isArray(peers)) return;
  if (!peers.some((peer) => Array.isArray(peer?.addrs) && peer.addrs.length > 0)) return;
  const message = "no way to dial a peer, expected a transport, or peers without addrs";
  context.addIssue({ code: "custom", path: ["transports"], message });
}

/** What the schema makes of a text: as Config, but for names and paths. */
export type Settings = z.output<ConfigSchema>;

/** The JSON Schema (draft 2020-12) of a configuration file, for editors: checks and completion. */
export function configJsonSchema(networks: NetworkKinds): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(configSchema(networks), {
    io: "input",
    // zod drops the examples of a key whose text becomes a number; ours are of the text.
    override: ({ zodSchema, jsonSchema }) => {
      const { examples } = z.globalRegistry.get(zodSchema) ?? {};
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
}
