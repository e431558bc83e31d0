// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * beaconnet: routers tell of themselves in signed beacons, and carry for each other. Every router
 * knows a way to every other one; which router has a node is asked for when somebody wants to send
 * to it, so nodes cost the network nothing. For some hundred routers. Start with create-router.ts;
 * ways are in routes.ts, beacons in announcing.ts, questions in flooding.ts, the messages between
 * neighbours in messages.ts; where nodes are is the work of ../locating, as in onehop.
 */
import { z } from "zod";
import { defineAlgorithm } from "../algorithm.js";
import { createBeaconnetRouter } from "./create-router.js";

/** The algorithm. It has no options. */
export const beaconnet = defineAlgorithm({
  name: "beaconnet",
  description: "A mesh of some hundred daemons that carry for each other, by measured latency.",
  options: z.strictObject({}),
  agreed: () => new Uint8Array(0),
  createRouter: (_options, environment) => createBeaconnetRouter(environment),
});
