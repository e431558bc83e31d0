// SPDX-License-Identifier: GPL-3.0-or-later

// Every limit of this room. What the wire protocol fixes stands first, what we chose below.

// ---- Fixed by the protocol -------------------------------------------------------------------

/** First byte of a session's plaintext. Others are ignored. */
export const KIND = { message: 0, keepalive: 1, close: 2 } as const;

/** Second byte of a close: why. Unknown ones are as `leaving`. */
export const CLOSE = {
  /** The identity is not wanted (S14). */
  refused: 1,
  /** The node is closed, or forgets who was not heard of for long. */
  leaving: 3,
  /** The node's key is open at another daemon, which has the newer attachment (O4). */
  displaced: 4,
} as const;

/** First byte of the datagram that begins a handshake; its packet introduces its source (M1). */
export const MESSAGE_1 = 0x51;
/** First byte of a datagram that a session sealed. */
export const DATA = 0x55;

/** Bytes of a message: the MTU. */
export const MAX_MESSAGE_BYTES = 65_535;

/** S7: datagrams that a channel seals before the confirmation. */
export const MOST_EARLY = 8;

/** S13: what waits so long without any of it being sent is given up. */
export const GIVE_UP_MS = 10_000;

// ---- Chosen ----------------------------------------------------------------------------------

/** What was sealed before a confirmation is kept so long: an attempt ends after 5 s (S3). */
export const EARLY_MS = 5_500;
/** While something waits, the network is asked again in such steps. */
export const ASK_AGAIN_MS = 500;
/** A pair that was not used for so long is forgotten: longer than a session lives (180 s). */
export const IDLE_MS = 200_000;
/** A channel whose sessions have ended is kept so long after the last one began (S9, O4). */
export const REMEMBER_MS = 60_000;
/** A pair that is in use is moved to the end of the list once in so long a time. */
export const TOUCH_MS = 1_000;
/** M1: a handshake may start a lookup if a message of ours waits, or was sent so short a time ago. */
export const ASKING_MS = 30_000;
/** When a way comes up, whoever was sent to and not heard from for so long is doubted. */
export const DOUBT_AFTER_MS = 250;
/** With so many bytes of messages waiting, whoever sends them should wait too. */
export const CROWDED_BYTES = 128 * 1024;
/** With no more than so many, it may go on. */
export const RELIEVED_BYTES = 64 * 1024;
/** Whoever has said that we are not wanted is not asked again for so long. */
export const REFUSED_MS = 30_000;

/** Bounds of what is kept, in bytes of messages (36 more for each) and in pairs. */
export interface SessionLimits {
  /** Messages that wait for one remote identity; beyond it the oldest are dropped. */
  readonly pairBytes: number;
  /** Messages that wait in the name of one node; beyond it the pair's oldest are dropped. */
  readonly nodeBytes: number;
  /** Messages that wait, of all nodes; as above. */
  readonly totalBytes: number;
  /** Pairs of a node here and a remote identity; beyond it the one used longest ago is forgotten. */
  readonly pairs: number;
}

/** What a daemon has unless it is told otherwise. */
export const DEFAULT_LIMITS: SessionLimits = {
  // What waits before a client is told to wait itself, and what it sends all the same (1 MiB each
  // 100 ms) while the way stands still for a third of a second.
  pairBytes: 4 * 1024 * 1024,
  nodeBytes: 8 * 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
  pairs: 16_384,
};
