// SPDX-License-Identifier: GPL-3.0-or-later

// The room's port: what sessions are to the rooms above, and what they need.

import type { EndpointCounters, EndpointOptions } from "../channel/index.js";
import type { Attachment, Network, NetworkSink } from "../network/index.js";
import type { SessionLimits } from "./constants.js";
import type { SessionCounters } from "./counters.js";
import type { SessionSource } from "./pair.js";

/** What became of a message that was to be sent. */
export type SendOutcome =
  /** It was sealed, or waits inside the bounds. */
  | "accepted"
  /** It waits behind others: who sends in rows should now wait until `relieved`. */
  | "crowded"
  /** Not taken: nobody knows the destination, or it has said that it does not want us. */
  | "unknown"
  /** Not taken: the node's key is open at another daemon, which has the newer attachment (O4). */
  | "displaced";

/** What sessions tell the room above. None of these is called from inside `send`. */
export interface SessionsSink {
  /**
   * A message of 0 to 65,535 bytes at `at` in `buffer`, for the node `destination` (32 bytes) from
   * `source`, which has proved that it is that. Everything holds until this returns.
   */
  message(
    destination: Uint8Array,
    source: Uint8Array,
    buffer: Uint8Array,
    at: number,
    length: number,
    nowMs: number,
  ): void;
  /** So many messages waited for 10 s in vain and are lost (S13). */
  gaveUp(source: Uint8Array, destination: Uint8Array, messages: number, nowMs: number): void;
  /** A node of ours is displaced: from now on its sends say so. */
  displaced(address: Uint8Array, nowMs: number): void;
  /** Something that a node (32 bytes) was told to be crowded is not so any more. */
  relieved(source: Uint8Array, nowMs: number): void;
}

/** Sums for status. */
export interface SessionStats {
  /** Nodes here. */
  readonly nodes: number;
  /** Pairs of a node here and a remote identity, idle ones too. */
  readonly remotes: number;
  /** Those with a session. */
  readonly sessions: number;
  /** Those for which something waits, and the bytes of that. */
  readonly waitingRemotes: number;
  readonly waitingBytes: number;
}

/** The sessions of all nodes of a daemon with remote identities. */
export interface Sessions {
  /** To be handed to the network. */
  readonly networkSink: NetworkSink;
  /**
   * A node is open from now on; one of the same address that was is left first. The network is not
   * told: that is the caller's.
   */
  join(node: Attachment, nowMs: number): void;
  /** It is closed: its keys, its sessions and everything that waits for it are wiped (C1, O3). */
  leave(address: Uint8Array, nowMs: number): void;
  /**
   * Sends the bytes from `start` to `end` of `buffer`, at most 65,535, from the node `source` (its 32
   * bytes, not to be modified) to the address at `addressAt` of `addresses`, which is no node here.
   * The bytes are the caller's again when this returns. Throws RangeError when they are too many.
   */
  send(
    source: Uint8Array,
    addresses: Uint8Array,
    addressAt: number,
    buffer: Uint8Array,
    start: number,
    end: number,
    nowMs: number,
  ): SendOutcome;
  /** Tell both clocks every second or so: see Endpoint.clocks. */
  clocks(nowMs: number, wallMs: number): void;
  readonly counters: Readonly<SessionCounters>;
  /** What the channels count. */
  readonly channelCounters: Readonly<EndpointCounters>;
  stats(): SessionStats;
  /** Every node leaves; nothing is to be called afterwards. */
  close(nowMs: number): void;
}

/** What sessions need. */
export interface SessionsOptions
  extends Pick<
    EndpointOptions<SessionSource>,
    "crypto" | "random" | "deadlines" | "logger" | "verify"
  > {
  readonly network: Network;
  readonly sink: SessionsSink;
  /** Undefined: DEFAULT_LIMITS. */
  readonly limits?: SessionLimits;
}
