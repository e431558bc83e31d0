// SPDX-License-Identifier: GPL-3.0-or-later

// What the channels of one layer share: the endpoint makes it, each channel is given it.

import type { Deadlines, Logger, Random, TokenBucket } from "../core/index.js";
import type { Crypto } from "../crypto/index.js";
import type { LayerRules } from "./constants.js";
import type { EndpointCounters } from "./counters.js";
import type { HintListeners } from "./hint-listeners.js";
import type { IndexTable } from "./index-table.js";
import type { PeerVerifier } from "./peer-verifier.js";
import type { Session } from "./session.js";
import type { Source } from "./source.js";

/** What stands behind an index of ours. */
export type Indexed<S extends Source> = InitiationEntry<S> | HalfOpenEntry<S> | SessionEntry<S>;

/** Between whom: in the session layer, who a datagram must be from and to (M1). */
export interface Ends {
  /** The address of the peer; in the link layer, empty until it has proved it. */
  readonly remote: Uint8Array;
  /** Ours: the credentials' own bytes. */
  readonly local: Uint8Array;
  /** Whose rates and tables it goes against: the peer, or where the message 1 came from. */
  readonly group: string;
}

/** An initiation that waits for message 2. */
export interface InitiationEntry<S extends Source> extends Ends {
  readonly kind: "initiation";
  /** Whether message 2 may come in fragments: we have shown a cookie (F1). */
  mayFragment(): boolean;
  /** A whole message 2 for this index. */
  message2(message: Uint8Array, sender: number, from: S, nowMs: number): void;
  /** A cookie reply for this index. */
  cookie(datagram: Uint8Array, from: S, nowMs: number): void;
}

/** A half-open handshake, which waits for message 3. */
export interface HalfOpenEntry<S extends Source> extends Ends {
  readonly kind: "half-open";
  /** The peer's index in this handshake. */
  readonly peerIndex: number;
  /** Whether message 3 may come in fragments: its initiator has said so and shown a cookie (F1). */
  mayFragment(): boolean;
  /** A whole message 3 for this index, from the peer's. */
  message3(message: Uint8Array, from: S, nowMs: number): void;
}

/** A session. */
export interface SessionEntry<S extends Source> extends Ends {
  readonly kind: "session";
  /** Whether message 3 may come again in fragments (F1). */
  mayFragment(): boolean;
  readonly session: Session;
  /** A data datagram for this index. */
  data(buffer: Uint8Array, at: number, length: number, from: S, nowMs: number): void;
  /** A message 3 for an index that is a session already: it may be the one that made it (S6). */
  message3Again(message: Uint8Array, from: S, nowMs: number): void;
}

/** What the channels of one layer share. */
export interface ChannelContext<S extends Source> {
  readonly crypto: Crypto;
  readonly random: Random;
  readonly deadlines: Deadlines;
  readonly logger: Logger;
  readonly rules: LayerRules;
  readonly indices: IndexTable<S>;
  readonly verifyPeer: PeerVerifier;
  readonly counters: EndpointCounters;
  readonly hints: HintListeners;
  /** Limits the sessions that are rekeyed after the machine slept (S11). */
  readonly jumpBudget: TokenBucket;
}
