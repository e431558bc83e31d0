// SPDX-License-Identifier: GPL-3.0-or-later

// Status: what the rooms say of themselves, under the names that operators see.

import { describe, expect, it } from "vitest";
import type { ServiceOptions } from "../../../server/src/service/index.js";
import { addressOf, createMemory, send } from "../node/local-nodes.js";
import { createServiceHouse } from "./daemon-service.js";

const FAR = 77;

/** A transport that is bound to these addresses. */
function transport(name: string, texts: readonly string[], counters: object) {
  return { name, localAddresses: texts.map((text) => ({ text })), counters };
}

type NetworkView = ServiceOptions["network"];

describe("status", () => {
  it("collects the counters of all rooms, those of transports of one name added up", () => {
    let linkBytes = 5;
    const network: NetworkView = {
      name: "onehop",
      counters: {
        sent: 1,
        delivered: 2,
        forwarded: 3,
        droppedNotReady: 4,
        droppedByLink: 5,
        droppedInvalid: 6,
        droppedNoWay: 7,
        droppedTooFar: 8,
      },
      routerCounters: { queries: 9, controlInvalid: 10 },
      explain: () => ({ ready: false, why: "" }),
      ways: () => [],
      peers: {
        list: () => [],
        counters: { droppedWrongMac1: 11 } as never,
        linkCounters: () => ({ bytesSent: linkBytes }) as never,
      },
    };
    const sessions = {
      counters: { lostWaiting: 12 },
      channelCounters: { droppedMismatch: 13 },
      stats: () => ({ remotes: 4, sessions: 3, waitingRemotes: 2, waitingBytes: 1 }),
    };
    const transports = [
      transport("udp", ["0.0.0.0:25632", "[::]:25632"], { datagramsSent: 14, bytesSent: 15 }),
      transport("udp", ["127.0.0.1:9999"], { datagramsSent: 100, bytesSent: 200 }),
      transport("memory", ["memory:a"], { datagramsSent: 16 }),
    ];
    const { service } = createServiceHouse({ rooms: { network, sessions, transports } });
    const status = service.status();
    const expected = {
      network_sent: 1,
      network_delivered: 2,
      network_forwarded: 3,
      network_dropped_not_ready: 4,
      network_dropped_by_link: 5,
      network_dropped_invalid: 6,
      network_dropped_no_way: 7,
      network_dropped_too_far: 8,
      router_queries: 9,
      router_control_invalid: 10,
      link_channel_dropped_wrong_mac1: 11,
      link_bytes_sent: 5,
      session_lost_waiting: 12,
      session_channel_dropped_mismatch: 13,
      udp_datagrams_sent: 114,
      udp_bytes_sent: 215,
      memory_datagrams_sent: 16,
    };
    const counted = Object.entries(status.counters).filter(([, count]) => count !== 0);
    expect(Object.fromEntries(counted)).toEqual(expected);
    expect(status).toMatchObject({
      network: "onehop",
      transportAddresses: ["0.0.0.0:25632", "[::]:25632", "127.0.0.1:9999", "memory:a"],
      peers: [],
      sessions: { remotes: 4, sessions: 3, waitingRemotes: 2, waitingBytes: 1 },
    });
    // Asked anew each time, and adding up begins anew.
    linkBytes = 6;
    expect(service.status().counters).toMatchObject({ link_bytes_sent: 6, udp_bytes_sent: 215 });
  });

  it("counts what nodes refuse and lose", () => {
    const { nodes, open, remote, service } = createServiceHouse();
    const [sender, receiver] = [open(1), open(2)];
    receiver.read(createMemory().reader);
    remote.outcome = "displaced";
    for (let i = 0; i < 2; i++) send(sender, addressOf(FAR), "x");
    remote.outcome = "unknown";
    send(sender, addressOf(FAR), "x");
    nodes.sessionsSink.displaced(addressOf(1).bytes, 0);
    send(sender, addressOf(2), "x");
    const counted = Object.entries(service.status().counters).filter(([, count]) => count !== 0);
    expect(Object.fromEntries(counted)).toEqual({
      datagrams_delivered: 1,
      datagrams_refused_displaced: 2,
      datagrams_refused_no_such_address: 1,
      nodes_displaced: 1,
    });
  });

  it("shows the peers as the network lists them", () => {
    const peer = { address: addressOf(FAR), configured: true, up: false, stats: {} as never };
    const network = {
      name: "x",
      counters: {} as never,
      routerCounters: {},
      explain: () => ({ ready: false, why: "" }),
      ways: () => [],
      peers: { list: () => [peer], counters: {} as never, linkCounters: () => ({}) as never },
    };
    const { service } = createServiceHouse({ rooms: { network } });
    expect(service.status().peers).toEqual([peer]);
  });
});
