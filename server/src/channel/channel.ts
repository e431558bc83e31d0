// SPDX-License-Identifier: GPL-3.0-or-later

// What a channel is to its owner: a link, or a session over the mesh.

import type { Source } from "./source.js";

/** A session as its owner sees it, when it is established. */
export interface Established<S extends Source> {
  /** Where the datagram that completed the handshake came from. */
  readonly from: S;
  /**
   * Whether that address answered us. Responder: message 2 had been sent there and nowhere else.
   * Initiator: true; only the owner knows whether it had sent message 1 there, and must not believe
   * an address that it had not. One that is not proven has to be challenged before it is used (L2).
   */
  readonly proven: boolean;
  /** Our index of it, as `received` gives it: nothing of the session comes before this is told. */
  readonly index: number;
  /** Which side began. */
  readonly role: "initiator" | "responder";
  /** The peer's Noise static key is not the one of the session before: it has restarted (C1). */
  readonly newIncarnation: boolean;
  /** The peer's serialized public key. */
  readonly publicKey: Uint8Array;
}

/** What the owner of a channel is told. Nothing is told from inside a call of the channel's `seal`. */
export interface ChannelOwner<S extends Source> {
  /**
   * Send this datagram of the handshake, or resent by S7: to `to` where it answers one that came
   * from there, otherwise by whatever ways are likely to work. Its bytes hold until this returns.
   */
  transmit(datagram: Uint8Array, to: S | undefined, nowMs: number): void;
  /**
   * An authentic datagram, for the first time: its plaintext of `length` bytes (0 upwards) at `at`
   * in `buffer`, until this returns. `index` is the session's, as in the datagram's header, and
   * `counter` the datagram's.
   */
  received(
    buffer: Uint8Array,
    at: number,
    length: number,
    from: S,
    index: number,
    counter: number,
    nowMs: number,
  ): void;
  /** A session was established: the first, or one that follows another. `seal` may work now. */
  established(session: Established<S>, nowMs: number): void;
  /** `seal` works again, after it said no. */
  ready(nowMs: number): void;
  /** The preferred session may be dead (hint, silence): probe. An initiation is under way. */
  suspected(nowMs: number): void;
  /** Every session has ended, by age or because it was closed: there is nothing to seal with. */
  down(nowMs: number): void;
}

/** Sums since the start. */
export interface ChannelCounters {
  readonly initiations: number;
  readonly established: number;
  readonly sealed: number;
  readonly opened: number;
}

/**
 * The secure datagram channel between one local and one remote identity, over any number of
 * sessions one after the other. It rekeys, recovers and retries by itself.
 */
export interface Channel {
  /** The remote address, 32 bytes. Not to be modified. */
  readonly remote: Uint8Array;
  /** Whether `seal` would work. */
  ready(): boolean;
  /** The preferred session is in doubt, or there is none. */
  suspect(): boolean;
  /** Wants a session and keeps wanting it until `rest` (S13's pace); the owner was told its ways. */
  connect(nowMs: number): void;
  /** Stops attempts; a session that stands lives on. */
  rest(): void;
  /**
   * Seals in place for the preferred session: the plaintext of `length` bytes stands at `at` + 16 in
   * `buffer`, which has 16 bytes to spare after it; the datagram then stands at `at`. Gives its
   * length, 32 more than the plaintext's, or 0 when there is nothing to seal with: wait for `ready`.
   * With the session unconfirmed (S7), the first 8 datagrams are kept for resending.
   */
  seal(buffer: Uint8Array, at: number, length: number, nowMs: number): number;
  /** The index, at the receiver, of the session that `seal` would use now; 0 if there is none. */
  sendingIndex(): number;
  /** The index, at the receiver, of the session that sealed last; what an acknowledgement names. */
  sealedIndex(): number;
  /** The counter of the datagram sealed last. */
  sealedCounter(): number;
  /** A way came up: the retransmission that waits is due at once (S3). */
  wayCameUp(nowMs: number): void;
  /** The owner doubts the session: suspect, and initiate (S12's pace). */
  doubt(nowMs: number): void;
  /**
   * Ends every session and attempt at once and wipes the keys; says nothing to the peer, tells
   * nothing. Either side may begin anew.
   */
  drop(): void;
  /** As `drop`, for good: the channel is not to be used any more. */
  close(): void;
  readonly counters: ChannelCounters;
}
