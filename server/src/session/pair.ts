// SPDX-License-Identifier: GPL-3.0-or-later

// What is kept of a node here (a member) and of each remote identity it talks with (a pair). Plain
// records: what is done with them is in outgoing.ts, incoming.ts and pairs.ts, shared by all.

import type { Channel, Credentials, Signer, Source } from "../channel/index.js";
import { type AddressMap, addressWords, type Budget, type DatagramRing } from "../core/index.js";

/** Where a packet claims to come from, which node it is for, and who brought it. */
export interface SessionSource extends Source {
  readonly member: Member;
  /** Who brought the last packet from there; for the rates and tables of S4 and S5. */
  neighbour: string;
}

/** One opening of a node here. */
export interface Member {
  /** 32 bytes, made for this opening: what belongs to another opening has other ones (O3). */
  readonly address: Uint8Array;
  readonly signer: Signer;
  /** Bytes that wait in its name. */
  readonly budget: Budget;
  /** Made when first needed (C1). */
  credentials: Credentials | undefined;
  /** By the remote address; made with the first. */
  pairs: AddressMap<Pair> | undefined;
  /** Whom it sent to last. */
  last: Pair | undefined;
  /** Another daemon has the newer attachment (O4): nothing goes out any more. */
  displaced: boolean;
}

/** Sealed datagrams that may have come too early (early-store.ts). */
export interface Early {
  /** Our index of the session that is to be confirmed. */
  readonly index: number;
  readonly sinceMs: number;
  readonly datagrams: Uint8Array[];
}

/** A node here and a remote identity. */
export interface Pair {
  readonly member: Member;
  /** 32 bytes. */
  readonly remote: Uint8Array;
  /** The same, for a quick comparison. */
  readonly words: DataView;
  readonly source: SessionSource;
  /** Made when there is a way there, or when the peer has proved who it is. */
  channel: Channel | undefined;
  /** Messages that wait to be sealed; absent when there are none. */
  waiting: DatagramRing | undefined;
  /** A sealed datagram that the network did not take: it goes out as it is, or never (O1). */
  held: Uint8Array | undefined;
  /** Why it is held: there is a route, but no room. */
  full: boolean;
  /** Whether those who send there have been told to wait. */
  crowded: boolean;
  /** What was sealed for a session of ours that is not confirmed yet. */
  early: Early | undefined;
  /** Since when something waits without any of it being sent. */
  waitingSinceMs: number;
  /** When it was last used, to within TOUCH_MS. */
  usedMs: number;
  /** When a message was last sealed; when something authentic last came. */
  sentMs: number;
  heardMs: number;
  /** When the latest session was established. */
  establishedMs: number;
  /** Until when the peer does not want to hear of us. */
  refusedUntilMs: number;
  /** Our indices of the latest sessions with the peer's present incarnation. */
  indices: readonly number[];
}

const ADDRESS_BYTES = 32;
const NEVER = Number.NEGATIVE_INFINITY;
const NO_INDICES: readonly number[] = [];

/** A copy of its own of the address at `at` in `buffer`. */
export function copyAddress(buffer: Uint8Array, at: number): Uint8Array {
  const address = new Uint8Array(ADDRESS_BYTES);
  for (let i = 0; i < ADDRESS_BYTES; i++) address[i] = buffer[at + i] ?? 0;
  return address;
}

/** A source of these bytes, which it takes over. */
export function createSource(member: Member, bytes: Uint8Array, neighbour: string): SessionSource {
  return { member, bytes, neighbour, group: Buffer.from(bytes).toString("hex") };
}

/** A pair that was never used; it takes over the address. */
export function createPair(member: Member, remote: Uint8Array): Pair {
  return {
    member,
    remote,
    words: addressWords(remote),
    source: createSource(member, remote, ""),
    channel: undefined,
    waiting: undefined,
    held: undefined,
    full: false,
    crowded: false,
    early: undefined,
    waitingSinceMs: 0,
    usedMs: NEVER,
    sentMs: NEVER,
    heardMs: NEVER,
    establishedMs: NEVER,
    refusedUntilMs: NEVER,
    indices: NO_INDICES,
  };
}

/** Whether something waits to be sent there. */
export const isWaiting = (pair: Pair): boolean =>
  pair.waiting !== undefined || pair.held !== undefined;

/** How many messages wait to be sent there. */
export const waitingCount = (pair: Pair): number =>
  (pair.waiting?.length() ?? 0) + (pair.held === undefined ? 0 : 1);

/** Whether there is a session, confirmed or not. */
export const hasSession = (pair: Pair): boolean => (pair.channel?.sendingIndex() ?? 0) !== 0;
