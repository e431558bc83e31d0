// SPDX-License-Identifier: GPL-3.0-or-later

// The counters of all rooms under the names that operators see: `room_what_it_counts`.

import type { RunningNetwork } from "../network/index.js";
import type { NodeCounters } from "../node/index.js";
import type { Peers } from "../peers/index.js";

/** Numbers, sums since the start, by the names that their room gave them. */
export type Counters = object;

/** What is shown of a network. */
export interface NetworkView
  extends Pick<RunningNetwork, "name" | "counters" | "routerCounters" | "explain" | "ways"> {
  readonly peers: Pick<Peers, "list" | "counters" | "linkCounters">;
}

/** Whose counters are collected. */
export interface CounterSources {
  readonly nodes: { readonly counters: NodeCounters };
  readonly sessions: { readonly counters: Counters; readonly channelCounters: Counters };
  readonly network: Pick<NetworkView, "counters" | "routerCounters" | "peers">;
  readonly transports: readonly { readonly name: string; readonly counters: Counters }[];
}

/** All of them, those of several transports added up. */
export function collectCounters(sources: CounterSources): Record<string, number> {
  const { nodes, sessions, network, transports } = sources;
  const sums: Record<string, number> = {
    datagrams_delivered: nodes.counters.delivered,
    datagrams_lost_inbox_full: nodes.counters.inboxLost,
    datagrams_refused_displaced: nodes.counters.displaced,
    datagrams_refused_no_such_address: nodes.counters.noSuchAddress,
    datagrams_refused_too_large: nodes.counters.tooLarge,
    datagrams_to_daemon_not_ping: nodes.counters.notPings,
    nodes_displaced: nodes.counters.displacements,
  };
  const add = (room: string, counters: Counters): void => {
    for (const [name, value] of Object.entries(counters)) {
      const full = `${room}_${snakeCase(name)}`;
      sums[full] = (sums[full] ?? 0) + value;
    }
  };
  add("session", sessions.counters);
  add("session_channel", sessions.channelCounters);
  add("network", network.counters);
  add("router", network.routerCounters);
  add("link", network.peers.linkCounters());
  add("link_channel", network.peers.counters);
  for (const transport of transports) add(transport.name, transport.counters);
  return sums;
}

/** `droppedWrongMac1` is `dropped_wrong_mac1`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
