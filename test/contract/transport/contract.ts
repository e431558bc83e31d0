// SPDX-License-Identifier: GPL-3.0-or-later

// What every transport promises to a link. One list of cases, run by each implementation; a case
// that one of them breaks is a bug there.

import { afterEach, beforeEach, describe } from "vitest";
import { addressCases } from "./address-cases.js";
import { deliveryCases } from "./delivery-cases.js";
import { endingCases } from "./ending-cases.js";
import {
  createHarness,
  type Harness,
  type TransportHarness,
  type TransportWorld,
} from "./harness.js";

export type { TransportWorld } from "./harness.js";

/** Runs every case against an implementation; each case gets a world of its own. */
export function transportContract(name: string, createWorld: () => Promise<TransportWorld>): void {
  describe(`the transport contract, ${name}`, () => {
    let current: TransportHarness | undefined;
    beforeEach(async () => {
      current = createHarness(await createWorld());
    });
    afterEach(async () => {
      await current?.world.stop();
      current = undefined;
    });
    const harness: Harness = () => {
      if (current === undefined) throw new Error("no case is running");
      return current;
    };
    describe("addresses", () => addressCases(harness));
    describe("delivery", () => deliveryCases(harness));
    describe("ending", () => endingCases(harness));
  });
}
