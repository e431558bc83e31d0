// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * One identity that is open here: those who opened it, and what waits for them.
 *
 * Invariants: while anything waits in the inbox, no opening with a reader has room, so order is
 * kept; a message goes to one opening only (rule O5); when the last opening ends, the key and
 * everything unread are wiped, so nothing survives into a reopening (rule O3).
 */
import type { Address, PrivateKey, PublicKey } from "@inet256/client/identity";
import { type Budget, createDatagramRing, type TakeDatagram } from "../core/index.js";
import type { NodeCounters } from "./counters.js";

/**
 * Where the messages of one opening go. It takes a message, or says no when it has no room and
 * calls `Opening.ready` when it has again. It must not send during the call.
 */
export type Reader = TakeDatagram;

/** A member of a node's list of readers. */
export interface Membership {
  readonly reader: Reader;
  /** Whether its last message filled it. */
  full: boolean;
}

/** One open identity. */
export interface LocalNode {
  readonly address: Address;
  readonly publicKey: PublicKey;
  /** Delivers a message from the address at `addressAt` of `addresses`. */
  deliver(
    addresses: Uint8Array,
    addressAt: number,
    buffer: Uint8Array,
    start: number,
    end: number,
  ): void;
  /** Adds a reader and gives it what waits. */
  join(reader: Reader): Membership;
  /** A reader has room again. */
  ready(member: Membership): void;
  /** Removes a reader. */
  leave(member: Membership): void;
  /** Raises the bound of the inbox; it never falls while the node is open. */
  wantInbox(bytes: number): void;
  /** Hands over what waits, oldest first, while `take` says yes. */
  drain(take: TakeDatagram): void;
  /** Messages that wait. */
  waiting(): number;
  /** Bytes that they take, with their bookkeeping. */
  waitingBytes(): number;
  /** Whether somebody reads, and does not keep up. */
  crowded(): boolean;
  /** Calls once when it is no longer crowded, unless it is told to forget that before. */
  onRelief(hear: () => void): void;
  forgetRelief(hear: () => void): void;
  /** Messages lost since it was opened. */
  lost(): number;
  /** Wipes the key and everything unread. */
  wipe(): void;
}

/** A node nobody has opened yet. It takes over the key and wipes it in the end. */
export function createLocalNode(
  privateKey: PrivateKey,
  inboxBytes: number,
  budget: Budget,
  counters: NodeCounters,
): LocalNode {
  const inbox = createDatagramRing(inboxBytes, budget);
  const members: Membership[] = [];
  let bound = inboxBytes;
  let turn = 0;
  let lost = 0;
  let relief = new Set<() => void>();

  const relieve = (): void => {
    if (relief.size === 0 || (inbox.length() > 0 && members.length > 0)) return;
    const heard = relief;
    relief = new Set();
    for (const hear of heard) hear();
  };
  // Round-robin over the readers that have room; false when none has.
  const offer: TakeDatagram = (addresses, addressAt, buffer, start, end) => {
    for (let tries = members.length; tries > 0; tries--) {
      turn = turn + 1 < members.length ? turn + 1 : 0;
      const member = members[turn];
      if (member === undefined || member.full) continue;
      if (member.reader(addresses, addressAt, buffer, start, end)) return true;
      member.full = true;
    }
    return false;
  };

  return {
    address: privateKey.address,
    publicKey: privateKey.publicKey,
    deliver(addresses, addressAt, buffer, start, end) {
      counters.delivered += 1;
      if (inbox.length() === 0 && offer(addresses, addressAt, buffer, start, end)) return;
      const dropped = inbox.push(addresses, addressAt, buffer, start, end);
      lost += dropped;
      counters.inboxLost += dropped;
    },
    join(reader) {
      const member: Membership = { reader, full: false };
      members.push(member);
      inbox.drain(offer);
      return member;
    },
    ready(member) {
      member.full = false;
      inbox.drain(offer);
      relieve();
    },
    leave(member) {
      const place = members.indexOf(member);
      if (place >= 0) members.splice(place, 1);
      turn = 0;
      relieve();
    },
    wantInbox(bytes) {
      if (bytes <= bound) return;
      bound = bytes;
      inbox.setBound(bytes);
    },
    drain: inbox.drain,
    waiting() {
      return inbox.length();
    },
    waitingBytes() {
      return inbox.bytes();
    },
    crowded() {
      return inbox.length() > 0 && members.length > 0;
    },
    onRelief(hear) {
      relief.add(hear);
    },
    forgetRelief(hear) {
      relief.delete(hear);
    },
    lost() {
      return lost;
    },
    wipe() {
      inbox.wipe();
      privateKey.wipe();
      relieve();
    },
  };
}
