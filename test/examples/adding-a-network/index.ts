// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * static: the ways between daemons stand in the configuration of each. A neighbour is always
 * reached directly; for every other daemon the configuration says which neighbour leads to it.
 * Nothing is found out, and nothing is noticed but neighbours that come and go. Ways have to be the
 * same in both directions. Start with create-router.ts.
 */
import { Address, defineAlgorithm } from "@inet256/mesh256/network";
import { z } from "zod";
import { createStaticRouter } from "./create-router.js";

const MOST_ROUTES = 1_024;

const address = z.string().transform((text, context) => {
  try {
    return Address.parse(text).bytes;
  } catch {
    // Never with the value: what is wrong may be a secret that was pasted into the wrong line.
    context.addIssue({ code: "custom", message: "not an address, expected 43 characters" });
    return z.NEVER;
  }
});

const route = z.strictObject({
  to: address.describe("The address of a daemon that is not a peer."),
  via: address.describe("The address of the peer that leads to it."),
});

/** The algorithm. */
export const staticRoutes = defineAlgorithm({
  name: "static",
  description: "Ways as the configuration says: to peers, and through them.",
  options: z.strictObject({
    routes: z.array(route).max(MOST_ROUTES).default([]).describe("Daemons beyond peers."),
  }),
  // Each daemon has routes of its own: there is nothing in them that two must have the same.
  agreed: () => new Uint8Array(0),
  createRouter: ({ routes }, environment) => createStaticRouter(routes, environment),
});
