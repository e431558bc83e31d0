// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * One opening of a node: what its owner may do, until it ends. Invariant: an opening that has
 * ended refuses everything with the reason of its end, and tells its listener once.
 */
import type { Address, PublicKey } from "@inet256/client/identity";
import type { LocalNode, Membership, Reader } from "./local-node.js";
import type { Refusal } from "./refusal.js";
import type { Sender } from "./sender.js";

/** What the owner of an opening may do. */
export interface Opening extends Sender {
  readonly address: Address;
  readonly publicKey: PublicKey;
  /** Gives every message of this opening's share to a reader from now on, what waits included. */
  read(reader: Reader): void;
  /** The reader that was full has room again. */
  ready(): void;
  /** Takes what waits, oldest first, while `take` says yes; for openings without a reader. */
  drain(take: Reader): void;
  /** Messages that wait for the node. */
  waiting(): number;
  /** Messages lost because nobody took them in time, since the node was opened. */
  lost(): number;
  /** Is called once when the opening ends, by `close` too. */
  onEnd(listener: (reason: Refusal) => void): void;
  /** Why it ended; undefined while it is open. */
  ended(): Refusal | undefined;
  /** Ends it; the node goes with its last opening. */
  close(): void;
}

/** Ends an opening from outside. */
export type EndOpening = (reason: Refusal) => void;

/** What an opening needs. */
export interface OpeningOptions {
  readonly node: LocalNode;
  readonly sender: Sender;
  /** The open openings of the node. */
  readonly openings: Set<EndOpening>;
  /** The last opening has been closed. */
  readonly onLast: () => void;
}

/** Opens a node once more. */
export function createOpening({ node, sender, openings, onLast }: OpeningOptions): Opening {
  let member: Membership | undefined;
  let ended: Refusal | undefined;
  let listener: EndOpening | undefined;
  const end: EndOpening = (reason) => {
    ended = reason;
    openings.delete(end);
    if (member !== undefined) node.leave(member);
    listener?.(reason);
  };
  openings.add(end);
  return {
    address: node.address,
    publicKey: node.publicKey,
    transmit: (addresses, addressAt, buffer, start, finish) =>
      ended ?? sender.transmit(addresses, addressAt, buffer, start, finish),
    crowding() {
      return sender.crowding();
    },
    onRelief: sender.onRelief,
    forgetRelief: sender.forgetRelief,
    read(reader) {
      if (ended === undefined) member = node.join(reader);
    },
    ready() {
      if (ended === undefined && member !== undefined) node.ready(member);
    },
    drain(take) {
      if (ended === undefined) node.drain(take);
    },
    waiting() {
      return node.waiting();
    },
    lost() {
      return node.lost();
    },
    onEnd(hear) {
      listener = hear;
    },
    ended() {
      return ended;
    },
    close() {
      if (ended !== undefined) return;
      end("NODE_CLOSED");
      if (openings.size === 0) onLast();
    },
  };
}
