// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A routing algorithm as it is registered: its name, its options, and how a router is made of them.
 */
import type { z } from "zod";
import type { Crypto } from "../crypto/index.js";
import { TAG_BYTES } from "./constants.js";
import type { Router, RouterEnvironment } from "./router.js";

/** What an algorithm's folder says of itself. */
export interface AlgorithmSpec<Options> {
  /** As in the configuration: 1 to 255 characters of ASCII. */
  readonly name: string;
  /** One sentence for `inet256 list-networks`. */
  readonly description: string;
  /** Its options in the configuration. */
  readonly options: z.ZodType<Options>;
  /** Those options that both ends must have the same, as bytes that are the same for the same. */
  agreed(options: Options): Uint8Array;
  createRouter(options: Options, environment: RouterEnvironment): Router;
}

/** An algorithm with its options chosen. */
export interface ConfiguredAlgorithm {
  readonly name: string;
  /** The options that must agree, encoded. */
  readonly agreed: Uint8Array;
  createRouter(environment: RouterEnvironment): Router;
}

/** An algorithm, whatever the type of its options. */
export interface Algorithm {
  readonly name: string;
  readonly description: string;
  /** The schema of its options, for the configuration. */
  readonly options: z.ZodType;
  /** With these options; throws zod's error when they are not valid. */
  configure(options: unknown): ConfiguredAlgorithm;
}

/** Makes an algorithm of what its folder says. */
export function defineAlgorithm<Options>(spec: AlgorithmSpec<Options>): Algorithm {
  const { name, description, options: schema } = spec;
  return {
    name,
    description,
    options: schema,
    configure(given) {
      const options = schema.parse(given);
      return {
        name,
        agreed: spec.agreed(options),
        createRouter: (environment) => spec.createRouter(options, environment),
      };
    },
  };
}

/**
 * The network tag, 32 bytes: SHA-256("mesh256 network 1" ‖ u8 length ‖ name ‖ agreed options). Two
 * neighbours with different tags part (HELLO), and records of one network are none in another.
 */
export function networkTag(
  crypto: Crypto,
  { name, agreed }: Pick<ConfiguredAlgorithm, "name" | "agreed">,
): Uint8Array {
  const text = new TextEncoder();
  const nameBytes = text.encode(name);
  const tag = new Uint8Array(TAG_BYTES);
  const start = text.encode("mesh256 network 1");
  crypto.sha256(tag, start, Uint8Array.of(nameBytes.length), nameBytes, agreed);
  return tag;
}
