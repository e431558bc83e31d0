// SPDX-License-Identifier: GPL-3.0-or-later

// The network as the rooms above see it: packets between addresses, and questions about them.

import type { Address } from "../identity/index.js";

/** Bytes that must be free before a packet's payload, for the routing header. */
export const HEADROOM_BYTES = 4_064;

/** A node of ours, as far as the network signs for it. */
export interface Attachment {
  readonly address: Address;
  /** Serialized. */
  readonly publicKey: Uint8Array;
  /** Signs under a reserved purpose. */
  sign(purpose: string, message: Uint8Array): Uint8Array;
}

/** What is known of a destination. */
export type Reach =
  /** A packet could be sent now. */
  | "ready"
  /** Nobody has been asked, or the answers are not in. */
  | "unresolved"
  /** Everybody said no a moment ago (5 s). */
  | "unknown";

/** What a question found. */
export interface Found {
  readonly address: Address;
  /** Serialized, and hashes to the address. */
  readonly publicKey: Uint8Array;
}

/** What the network tells. Never from inside a call of `send`. */
export interface NetworkSink {
  /**
   * A packet for a node of ours: its payload of `length` bytes at `at` in `buffer`, the claimed
   * source (32 bytes) at `sourceAt` and the destination at `destinationAt` of the same buffer, which
   * may be modified and holds until this returns. `neighbour` names who brought it.
   */
  packet(
    buffer: Uint8Array,
    at: number,
    length: number,
    sourceAt: number,
    destinationAt: number,
    neighbour: string,
    nowMs: number,
  ): void;
  /** A destination that `resolve` asked about is ready now, or unknown. */
  resolved(destination: Uint8Array, reach: "ready" | "unknown", nowMs: number): void;
  /** A way to somewhere came up: what waits for a retransmission is due (S3). */
  wayCameUp(nowMs: number): void;
  /** Another daemon holds a newer attachment of a node of ours (O4). */
  displaced(address: Uint8Array, nowMs: number): void;
  /** There is room again after `send` or `offer` said no. */
  writable(nowMs: number): void;
}

/** A network that this daemon is part of. */
export interface Network {
  /** The algorithm's name, as in the configuration. */
  readonly name: string;
  attach(node: Attachment, nowMs: number): void;
  detach(address: Uint8Array, nowMs: number): void;
  /** What is known of the destination whose 32 bytes stand at `at`. */
  reach(buffer: Uint8Array, at: number): Reach;
  /** Asks for a destination unless it is ready or being asked for; `resolved` follows. */
  resolve(destination: Uint8Array, nowMs: number): void;
  /** What is sent there is not answered: what is known of where it is may be out of date. */
  doubt(destination: Uint8Array, nowMs: number): void;
  /**
   * Sends a payload of `length` bytes at `at` in `buffer`, which has HEADROOM_BYTES before it. With
   * `introduce` the header holds the source's location (M1: with message 1). False when it was
   * dropped: not ready, or no room.
   */
  send(
    source: Uint8Array,
    destination: Uint8Array,
    introduce: boolean,
    buffer: Uint8Array,
    at: number,
    length: number,
    nowMs: number,
  ): boolean;
  /**
   * As `send` without introduction, for a payload that its sender keeps if this is false: no also
   * when enough of the conversation waits already. Then `writable` follows, and nothing was dropped.
   */
  offer(
    source: Uint8Array,
    destination: Uint8Array,
    buffer: Uint8Array,
    at: number,
    length: number,
    nowMs: number,
  ): boolean;
  /** An address whose first `nbits` bits match; undefined once everybody said no. Calls once. */
  find(
    prefix: Uint8Array,
    nbits: number,
    found: (found: Found | undefined, nowMs: number) => void,
    nowMs: number,
  ): () => void;
}
