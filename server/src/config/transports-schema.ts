// SPDX-License-Identifier: GPL-3.0-or-later

// The section `transports`. Guards that each can be bound: one address of a family at most.

import type { TransportSettings } from "./config.js";
import { DEFAULT_UDP_PORT, MAX_TRANSPORTS } from "./constants.js";
import {
  BIND_ADDRESS_EXPECTED,
  canonicalEndpoint,
  parseEndpoint,
  wrongBindAddress,
} from "./endpoints.js";
import { choice, list, oneOrMore, section, text } from "./fields.js";
import { deepFreeze } from "./freeze.js";
import { findRepeated } from "./repeated.js";

const DEFAULT_BIND = [`0.0.0.0:${DEFAULT_UDP_PORT}`, `[::]:${DEFAULT_UDP_PORT}`];

const bindAddress = text(BIND_ADDRESS_EXPECTED, wrongBindAddress).transform(canonicalEndpoint);

const bindSchema = oneOrMore(
  bindAddress,
  list(bindAddress, `one or two texts, each ${BIND_ADDRESS_EXPECTED}`, 1).superRefine(
    findRepeated(
      (address) => familyOf(address),
      "a second address of one family, expected one IPv4 and one IPv6 address at most",
    ),
    { when: () => true },
  ),
);

const transportSchema = section({
  type: choice("What kind of transport.", ["udp"]).meta({ examples: ["udp"] }),
  bind: bindSchema
    .optional()
    .describe(
      "What it binds to: `ADDRESS:PORT`, or a list of one for each family. Without a port it is " +
        `${DEFAULT_UDP_PORT}, port 0 is any that is free. Left out: all addresses; then another ` +
        "port is taken where that one is not free, and a family that is missing is done without.",
    )
    .meta({ examples: [DEFAULT_BIND] }),
}).transform(
  ({ type, bind }): TransportSettings => ({
    type,
    bind: bind ?? [...DEFAULT_BIND],
    chosen: bind !== undefined,
  }),
);

/** What applies where nothing is written: UDP. */
export const DEFAULT_TRANSPORTS: readonly TransportSettings[] = deepFreeze([
  transportSchema.parse({ type: "udp" }),
]);

/** The section `transports`. */
export const transportsSchema = list(transportSchema, "a list of transports", 0, MAX_TRANSPORTS)
  .nullable()
  .describe(
    "How other daemons are reached. Left out: UDP, as below. An empty list, []: not at all.",
  );

function familyOf(address: unknown): number | undefined {
  return typeof address === "string" ? parseEndpoint(address)?.ip.length : undefined;
}
