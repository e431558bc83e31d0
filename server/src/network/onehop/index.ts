// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * onehop: only direct neighbours, and nothing is carried for others. Who wants to send to a node
 * asks all neighbours which of them has it; the answer is the node's attach record and that
 * neighbour's own consent (R1, R2). Nearly all of it is locating/locator.ts: look there.
 */
import { z } from "zod";
import { defineAlgorithm } from "../algorithm.js";
import { createOnehopRouter } from "./create-router.js";

/** The algorithm. It has no options. */
export const onehop = defineAlgorithm({
  name: "onehop",
  description: "Direct peers only: what they do not host is not reached.",
  options: z.strictObject({}),
  agreed: () => new Uint8Array(0),
  createRouter: (_options, environment) => createOnehopRouter(environment),
});
