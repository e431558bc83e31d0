// SPDX-License-Identifier: GPL-3.0-or-later

// A service over real nodes, on a virtual clock, for the tests of this room and of the API.

import { selectCrypto } from "../../../server/src/crypto/index.js";
import { createIdentities } from "../../../server/src/identity/index.js";
import { createService, type DaemonService } from "../../../server/src/service/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.js";
import { createHouse, type House, type HouseOptions, keyOf, OWN } from "../node/local-nodes.js";

/** A service and what is below it. */
export interface ServiceHouse extends House {
  readonly service: DaemonService;
  readonly time: VirtualClock;
}

/** A service whose nodes may ask for inboxes of twice the default. */
export function createServiceHouse(options: HouseOptions = {}): ServiceHouse {
  const house = createHouse(options);
  const time = createVirtualClock();
  const { address, publicKey } = keyOf(OWN);
  const inboxBytes = options.inboxBytes ?? 1_000_000;
  const service = createService({
    nodes: house.nodes,
    identities: createIdentities(selectCrypto(), createSeededRandom(3)),
    clock: time,
    budget: house.budget,
    own: { address, publicKey },
    inboxBytes,
    maxInboxBytes: 2 * inboxBytes,
  });
  return { ...house, service, time };
}
