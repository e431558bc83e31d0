// SPDX-License-Identifier: GPL-3.0-or-later

// What the set of peers is given, what it tells, and what can be asked of it.

import type { Address } from "../identity/index.js";
import type {
  DownReason,
  Link,
  LinkCounters,
  LinkLayer,
  LinkLayerOptions,
  LinkOwner,
  LinkStats,
} from "../link/index.js";
import type { TransportAddress, TransportSink } from "../transport/index.js";

/** Who uses the links of a set of peers. */
export interface PeersOwner extends Omit<LinkOwner, "down"> {
  /** As LinkOwner's; `removed`: it was taken out here, and its link is no more. */
  down(link: Link, reason: DownReason | "removed", nowMs: number): void;
}

/** What a set of peers is made of; the daemon's identity, crypto and clocks are the link layer's. */
export interface PeersOptions extends Omit<LinkLayerOptions, "owner" | "admit"> {
  /** Whether an identity that is not configured may be a peer, as long as it likes. */
  readonly accepts: (address: Address) => boolean;
  /** What the links tell: packets, control messages, up, down. */
  readonly owner: PeersOwner;
}

/** A peer as it is shown. */
export interface PeerStatus {
  readonly address: Address;
  /** Configured, or one that came by itself and was accepted. */
  readonly configured: boolean;
  readonly up: boolean;
  readonly stats: LinkStats;
}

/** The set of peers. */
export interface Peers {
  /** What transports are to tell; one sink for all of them. */
  readonly transportSink: TransportSink;
  /**
   * A configured peer: dialled at these addresses until it is removed. For one that is there already
   * the addresses are added. False for our own identity, and once the set is closed.
   */
  add(address: Address, ways: readonly TransportAddress[], nowMs: number): boolean;
  /** Ends a link; false if there was none. The peer is told. */
  remove(address: Address, nowMs: number): boolean;
  /** The link to a peer. */
  link(address: Address): Link | undefined;
  readonly size: number;
  list(): readonly PeerStatus[];
  /** Tell both clocks every second or so. */
  clocks: LinkLayer["clocks"];
  /** The sums of all links since the start, those that are no more included. */
  linkCounters(): LinkCounters;
  /** What became of handshakes, and of datagrams that are no link's. */
  readonly counters: LinkLayer["counters"];
  /** Tells every peer and ends every link. The keys are wiped. */
  close(nowMs: number): void;
}
