// SPDX-License-Identifier: GPL-3.0-or-later

// The router port: one routing algorithm, a pure state machine. It is given times, events and
// bytes, and tells its sink; it does no I/O, makes no promise and sets no timer. Whatever a
// neighbour sends, it does not throw. Run the contract suite (testing) against a new one.

import type { Logger, Random } from "../core/index.js";
import type { Crypto } from "../crypto/index.js";
import type { Keys } from "../identity/index.js";
import type { LinkQuality } from "../link/index.js";
import type { Attachment, Found } from "./network.js";

/** What `forward` gives for a packet for a node of ours. Neighbours are 0 and above. */
export const TO_LOCAL = -1;
/** … that is dropped: no way there is known. */
export const NO_WAY = -2;
/** … that is dropped: its header is not what this algorithm writes. */
export const BAD_HEADER = -3;
/** … that is dropped: it has gone far enough. */
export const TOO_FAR = -4;
/** Instead of a neighbour: the packet, or the message, is our own. */
export const FROM_LOCAL = -1;

/** How a packet to a destination would go now, for people. */
export interface Explanation {
  readonly ready: boolean;
  /** The address of the neighbour it would go to. */
  readonly nextHop?: Uint8Array;
  /** The address of the router that the destination is attached to. */
  readonly router?: Uint8Array;
  /** Why, in one sentence. */
  readonly why: string;
}

/** A way to another router, for people. */
export interface Way {
  /** 32 bytes each. */
  readonly router: Uint8Array;
  readonly nextHop: Uint8Array;
  /** Links on the way: 1 for a neighbour. */
  readonly hops: number;
  /** What the algorithm takes it to cost, in microseconds; 0 where it does not measure. */
  readonly costMicros: number;
}

/** Sums since the start, by what they count. */
export type RouterCounters = Readonly<Record<string, number>>;

/** What a router tells. Never from inside `prepare`, `forward` of our own packets, or `reaches`. */
export interface RouterSink {
  /** A control message, copied. False: the neighbour did not take it. */
  sendControl(neighbour: number, message: Uint8Array, nowMs: number): boolean;
  /**
   * Calls `wake` then, or soon if that has passed; replaces what was set before. No time is known
   * while a router is made: 0 wakes it at once.
   */
  wakeAt(atMs: number): void;
  /** The end of a question: what was found, or that every neighbour of now said no. Told once. */
  resolved(query: number, found: Found | undefined, nowMs: number): void;
  /** A destination can be reached that could not before, asked for or not. */
  reachable(found: Found, nowMs: number): void;
  /** Another router has a newer attachment of a node of ours (O4). */
  moved(address: Uint8Array, nowMs: number): void;
}

/** What a router is made of, besides its options. */
export interface RouterEnvironment {
  /** The network tag: 32 bytes, at the start of each record. */
  readonly tag: Uint8Array;
  /** The daemon's own identity. */
  readonly self: Attachment;
  readonly crypto: Crypto;
  readonly keys: Keys;
  readonly random: Random;
  readonly logger: Logger;
  /** Milliseconds since 1970; may jump. For sequence numbers only (R3). */
  readonly unixMs: () => number;
  readonly sink: RouterSink;
}

/** A routing algorithm at work. Neighbours are numbers, used again only after `neighbourDown`. */
export interface Router {
  /** A node of ours is there from now on. Costs no traffic. */
  attach(node: Attachment, nowMs: number): void;
  /** It is gone. Whoever was told where it is learns so. */
  detach(address: Uint8Array, nowMs: number): void;
  /** A neighbour with this address (32 bytes) can be sent to. */
  neighbourUp(neighbour: number, address: Uint8Array, nowMs: number): void;
  /** Its link is better or worse than before. */
  neighbourChanged(neighbour: number, quality: LinkQuality, nowMs: number): void;
  /** It is gone, and its number with it. */
  neighbourDown(neighbour: number, nowMs: number): void;
  /** A control message of a neighbour: any bytes. */
  control(neighbour: number, buffer: Uint8Array, at: number, length: number, nowMs: number): void;
  /** At the time it asked for, or later. */
  wake(nowMs: number): void;
  /** Asks for addresses whose first `nbits` bits match; `resolved` follows, maybe at once. */
  resolve(query: number, prefix: Uint8Array, nbits: number, nowMs: number): void;
  /** The answer is not wanted any more. */
  cancel(query: number): void;
  /** What is sent there is not answered: whoever said where it is may be asked again. */
  doubt(destination: Uint8Array, nowMs: number): void;
  /** Whether the destination whose 32 bytes stand at `at` could be sent to now. */
  reaches(buffer: Uint8Array, at: number): boolean;
  /** An address whose first `nbits` bits match and that could be sent to now. */
  known(prefix: Uint8Array, nbits: number): Found | undefined;
  /**
   * Writes the header of a packet of our own so that it ends at `payloadAt`; where it begins. With
   * `introduce` it holds the source's location. -1: the destination is not reached, the source is
   * not ours or has moved.
   */
  prepare(
    source: Uint8Array,
    destination: Uint8Array,
    introduce: boolean,
    buffer: Uint8Array,
    payloadAt: number,
    nowMs: number,
  ): number;
  /**
   * Where a packet with a valid header goes: a neighbour, TO_LOCAL, or dropped (NO_WAY, BAD_HEADER,
   * TOO_FAR). It may be rewritten in place. `from` is a neighbour, or FROM_LOCAL.
   */
  forward(
    buffer: Uint8Array,
    at: number,
    length: number,
    headerBytes: number,
    from: number,
    nowMs: number,
  ): number;
  explain(destination: Uint8Array, nowMs: number): Explanation;
  /** The ways to all routers that can be sent to now. */
  ways(): readonly Way[];
  readonly counters: RouterCounters;
}
