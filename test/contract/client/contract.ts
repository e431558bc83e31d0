// SPDX-License-Identifier: GPL-3.0-or-later

// What every implementation of the client package's Service and Node promises to applications. One
// list of cases, run by each implementation; a case that one of them breaks is a bug there.

import type { Address, PrivateKey, Service } from "@inet256/client";
import { afterEach, beforeEach, describe } from "vitest";
import { endingCases } from "./ending-cases.js";
import { lookupCases } from "./lookup-cases.js";
import { misuseCases } from "./misuse-cases.js";
import { openingCases } from "./opening-cases.js";
import { receivingCases } from "./receiving-cases.js";
import { sendingCases } from "./sending-cases.js";
import { sharingCases } from "./sharing-cases.js";

/** Two programs at one daemon. */
export interface ClientHarness {
  /** The first program's service. */
  readonly service: Service;
  /** The second program's, which may be the same where programs cannot be told apart. */
  readonly elsewhere: Service;
  /** The daemon's own key. */
  readonly daemonKey: PrivateKey;
  /** The daemon's own address. */
  readonly daemonAddress: Address;
  /** Ends both programs and the daemon. */
  stop(): Promise<void>;
}

/** Gives the harness of the case that runs. */
export type Harness = () => ClientHarness;

/** Runs every case against an implementation; each case gets a harness of its own. */
export function clientContract(name: string, createHarness: () => Promise<ClientHarness>): void {
  describe(`the client contract, ${name}`, () => {
    let current: ClientHarness | undefined;
    beforeEach(async () => {
      current = await createHarness();
    });
    afterEach(async () => {
      await current?.stop();
      current = undefined;
    });
    const harness: Harness = () => {
      if (current === undefined) throw new Error("no case is running");
      return current;
    };
    describe("opening", () => openingCases(harness));
    describe("sending", () => sendingCases(harness));
    describe("receiving", () => receivingCases(harness));
    describe("sharing", () => sharingCases(harness));
    describe("ending", () => endingCases(harness));
    describe("lookups", () => lookupCases(harness));
    describe("misuse", () => misuseCases(harness));
  });
}
