// SPDX-License-Identifier: GPL-3.0-or-later

// The room's port: what a link is to the rooms above, and what it needs.

import type { Channel, ChannelOwner } from "../channel/index.js";
import type { Deadlines, Logger, Random, Turns } from "../core/index.js";
import type { TransportAddress } from "../transport/index.js";
import type { BatchPool } from "./batch-pool.js";
import type { CloseReason } from "./frames/close-frame.js";
import type { LinkCounters } from "./link-counters.js";
import type { PathKind } from "./path.js";

/** Why a link went down. */
export type DownReason =
  /** Nothing that was sent to any address of the neighbour has been answered for 3 s. */
  | "silent"
  /** The neighbour has restarted; it is likely to be up again at once. */
  | "restarted"
  /** Every session has ended. */
  | "no-session"
  /** No address of it may be used any more. */
  | "no-path"
  /** The neighbour stops; it is dialled again as after any loss. */
  | "peer-shutting-down"
  /** The neighbour does not want us; the link stays down until `connect`. */
  | "peer-refused"
  /** The neighbour is of another network; the link stays down until `connect`. */
  | "other-network";

/** What changed notably. */
export interface LinkQuality {
  /** The smoothed round trip of the used path, in microseconds. */
  readonly rttMicros: number;
  /** The share of datagrams lost on it, 0 to 1. */
  readonly loss: number;
  /** The rate at which it was seen to deliver, in bytes a second; 0 when not known. */
  readonly ratePerSecond: number;
  /** What was sent there should have been answered by now: another way is better, if there is one. */
  readonly doubtful: boolean;
}

/** Who uses a link. None of these is called from inside `send`, `sendControl` or `close`. */
export interface LinkOwner {
  /** A whole packet, 0 to 69,632 bytes at `at` in `buffer`, valid during the call. */
  packet(link: Link, buffer: Uint8Array, at: number, length: number, nowMs: number): void;
  /**
   * A control message, 0 to 65,536 bytes at `at` in `buffer`, valid during the call: in the order
   * of sending, each once in one incarnation of the neighbour.
   */
  control(link: Link, buffer: Uint8Array, at: number, length: number, nowMs: number): void;
  /** The neighbour is of our network and can be sent to. */
  up(link: Link, nowMs: number): void;
  /** It cannot be sent to any more; told once after each `up`, and when the peer refuses us. */
  down(link: Link, reason: DownReason, nowMs: number): void;
  /**
   * Round trip or loss changed notably, at most once a second; or it is in doubt, or no longer, which
   * is told at once.
   */
  changed(link: Link, quality: LinkQuality, nowMs: number): void;
  /** There is room again after `send` or `hasRoom` said no. */
  writable(link: Link, nowMs: number): void;
}

/** One path, for status. */
export interface PathStats {
  readonly address: string;
  readonly kind: PathKind;
  readonly state: "used" | "usable" | "doubtful" | "failed" | "unproven";
  /** The smoothed round trip in microseconds; undefined before the first was measured. */
  readonly rttMicros: number | undefined;
  readonly loss: number;
  /** Bytes of the largest datagram. */
  readonly mtu: number;
  readonly datagramsSent: number;
  readonly bytesSent: number;
  readonly datagramsReceived: number;
  readonly bytesReceived: number;
}

/** A link, for status. */
export interface LinkStats {
  readonly up: boolean;
  readonly paths: readonly PathStats[];
  readonly queuedPackets: number;
  readonly queuedBytes: number;
  readonly queuedControlBytes: number;
  readonly counters: LinkCounters;
}

/** One neighbour: a channel over any of its transport addresses. */
export interface Link {
  /** The neighbour's address, 32 bytes. Not to be modified. */
  remote(): Uint8Array;
  up(): boolean;
  /**
   * Sends a packet of 0 to 69,632 bytes; its bytes are the caller's again when this returns. `flow`:
   * a u32 that packets of one conversation share. False: it was dropped, and counted, because it
   * is too long, the link is not up, or its flow fills the queue (then `writable` follows).
   */
  send(buffer: Uint8Array, at: number, length: number, flow: number, nowMs: number): boolean;
  /**
   * Whether what waits of this flow leaves room for more. False: who can keep his packets should,
   * until `writable` follows; who sends all the same may lose them by age.
   */
  hasRoom(flow: number): boolean;
  /** Sends a control message of 0 to 65,536 bytes, copied. False: not up, too long, or too many. */
  sendControl(message: Uint8Array, nowMs: number): boolean;
  /** Adds an address; false when there are too many of its kind. */
  addAddress(address: TransportAddress, kind: Exclude<PathKind, "learned">, nowMs: number): boolean;
  removeAddress(address: TransportAddress, nowMs: number): void;
  /** Wants to be up, and goes on wanting it. */
  connect(nowMs: number): void;
  /** Says so to the neighbour and ends the channel. The owner is not told. */
  close(reason: CloseReason, nowMs: number): void;
  /** The transport says that an address was reported unreachable: a reason to ask (rule L3). */
  unreachable(to: TransportAddress, nowMs: number): void;
  /** The transport says that this machine cannot send there now. */
  failed(to: TransportAddress, nowMs: number): void;
  /** The transport has room again. */
  transportWritable(nowMs: number): void;
  stats(): LinkStats;
}

/** What a link is made of. */
export interface LinkOptions {
  /** Makes the channel; what it tells goes to the given owner. */
  readonly createChannel: (owner: ChannelOwner<TransportAddress>) => Channel;
  /** 32 bytes; a neighbour with another one is closed. */
  readonly networkTag: Uint8Array;
  /** Bytes that our machine holds before it loses datagrams: what HELLO announces. */
  readonly receiveWindowBytes: number;
  readonly random: Random;
  readonly deadlines: Deadlines;
  readonly turns: Turns;
  readonly owner: LinkOwner;
  readonly logger: Logger;
  /** Shared by the links of a daemon; without it the link has its own. */
  readonly pool?: BatchPool;
}
