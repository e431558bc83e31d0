// SPDX-License-Identifier: GPL-3.0-or-later

// A service over real nodes, on a virtual clock, for the tests of this room and of the API.

import { createDeadlines, type Deadlines } from "../../../server/src/core/index.js";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { createIdentities } from "../../../server/src/identity/index.js";
import {
  createService,
  type RunningService,
  type ServiceOptions,
} from "../../../server/src/service/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import type { VirtualClock } from "../../support/virtual-clock.js";
import { createHouse, type House, type HouseOptions, keyOf, OWN } from "../node/local-nodes.js";

/** A service and what is below it. */
export interface ServiceHouse extends House {
  readonly service: RunningService;
  readonly time: VirtualClock;
  readonly deadlines: Deadlines;
}

/** What it may be made with besides. */
export interface ServiceHouseOptions extends HouseOptions {
  /** In place of rooms in which nothing has happened. */
  readonly rooms?: Partial<Pick<ServiceOptions, "network" | "sessions" | "transports">>;
}

const NETWORK_COUNTERS = {
  sent: 0,
  delivered: 0,
  forwarded: 0,
  droppedNotReady: 0,
  droppedByLink: 0,
  droppedInvalid: 0,
  droppedNoWay: 0,
  droppedTooFar: 0,
};

/** A service whose nodes may ask for inboxes of twice the default. */
export function createServiceHouse(options: ServiceHouseOptions = {}): ServiceHouse {
  const house = createHouse(options);
  const time = house.clock;
  const { address, publicKey } = keyOf(OWN);
  const deadlines = createDeadlines(time, time.timer);
  const inboxBytes = options.inboxBytes ?? 1_000_000;
  const service = createService({
    nodes: house.nodes,
    network: {
      name: "fake",
      peers: { list: () => [], counters: {} as never, linkCounters: () => ({}) as never },
      counters: NETWORK_COUNTERS,
      routerCounters: {},
      explain: () => ({ ready: false, why: "nobody has it" }),
      ways: () => [],
    },
    sessions: {
      counters: {},
      channelCounters: {},
      stats: () => ({ remotes: 0, sessions: 0, waitingRemotes: 0, waitingBytes: 0 }),
    },
    transports: [],
    ...options.rooms,
    deadlines,
    identities: createIdentities(selectCrypto(), createSeededRandom(3)),
    clock: time,
    random: createSeededRandom(4),
    budget: house.budget,
    own: { address, publicKey },
    inboxBytes,
    maxInboxBytes: 2 * inboxBytes,
  });
  return { ...house, service, time, deadlines };
}
