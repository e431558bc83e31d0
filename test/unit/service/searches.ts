// SPDX-License-Identifier: GPL-3.0-or-later

// A service whose network answers when a test says so, and what becomes of searches.

import { type Address, NodeError, type PublicKey } from "@inet256/client";
import type { Found } from "../../../server/src/network/index.js";
import { addressOf, keyOf } from "../node/local-nodes.js";
import { createServiceHouse, type ServiceHouse } from "./daemon-service.js";

/** An identity that is not here. */
export const FAR = 77;
/** What finds it. */
export const found: Found = {
  address: addressOf(FAR),
  publicKey: keyOf(FAR).publicKey.serialize(),
};

/** A service, and ways to ask it for somebody who is not here. */
export interface SearchScene extends ServiceHouse {
  find(signal?: AbortSignal): Promise<Address>;
  lookup(signal?: AbortSignal): Promise<PublicKey>;
  /** Searches and deadlines that are left. */
  left(): readonly number[];
}

/** Its network answers when it is told to. */
export function createScene(): SearchScene {
  const house = createServiceHouse();
  house.remote.found = "later";
  const { service, deadlines, remote } = house;
  const { bytes } = addressOf(FAR);
  return {
    ...house,
    find: (signal?: AbortSignal) => service.findAddress(bytes, 256, signal ? { signal } : {}),
    lookup: (signal?: AbortSignal) =>
      service.lookupPublicKey(addressOf(FAR), signal ? { signal } : {}),
    left: () => [remote.searches, deadlines.size()],
  };
}

/** What became of it by now: a value, a reason of NodeError, or another error's words. */
export async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    return error instanceof NodeError ? error.reason : error;
  }
}
