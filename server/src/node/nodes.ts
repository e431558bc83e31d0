// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The table of local nodes: opens, shares, drops and finds them, and moves messages between them.
 *
 * Invariants: a node stands in the table exactly while it has openings; an opening that has ended
 * refuses everything with the reason of its end; the daemon's own key is never opened.
 */
import type { Address, PrivateKey, PublicKey } from "@inet256/client/identity";
import {
  type AddressMap,
  addressWords,
  type Budget,
  createAddressMap,
  type Random,
  sameAddress,
} from "../core/index.js";
import { MTU } from "./constants.js";
import { createNodeCounters, type NodeCounters } from "./counters.js";
import { createLocalNode, type LocalNode, type Membership, type Reader } from "./local-node.js";
import { isPing } from "./ping.js";
import type { OpenRefusal, Refusal } from "./refusal.js";

/** One opening of a node: what its owner may do. */
export interface Opening {
  readonly address: Address;
  readonly publicKey: PublicKey;
  /**
   * Sends the bytes from `start` to `end` of `buffer` to the address at `addressAt` of
   * `addresses`. Undefined: accepted; the bytes are free again. Otherwise why not.
   */
  transmit(
    addresses: Uint8Array,
    addressAt: number,
    buffer: Uint8Array,
    start: number,
    end: number,
  ): Refusal | undefined;
  /**
   * Whether a node that was sent to does not keep up. Who sends in rows should then wait a while;
   * `onRelief` calls once when there is no more reason to.
   */
  readonly crowding: boolean;
  onRelief(hear: () => void): void;
  /** Takes back onRelief. */
  forgetRelief(hear: () => void): void;
  /** Gives every message of this opening's share to a reader from now on, what waits included. */
  read(reader: Reader): void;
  /** The reader that was full has room again. */
  ready(): void;
  /** Takes what waits, oldest first, while `take` says yes; for openings without a reader. */
  drain(take: Reader): void;
  /** Messages that wait for the node. */
  readonly waiting: number;
  /** Messages lost because nobody took them in time, since the node was opened. */
  readonly lost: number;
  /** Is called once when the opening ends, by `close` too. */
  onEnd(listener: (reason: Refusal) => void): void;
  /** Why it ended; undefined while it is open. */
  readonly ended: Refusal | undefined;
  /** Ends it; the node goes with its last opening. */
  close(): void;
}

/** How to open. */
export interface OpenWish {
  /** Bytes of unread messages to keep; undefined: the default. */
  readonly inboxBytes: number | undefined;
}

/** What nodes need. */
export interface NodesOptions {
  /** The daemon's own node: found and pinged, never opened. */
  readonly own: { readonly address: Address; readonly publicKey: PublicKey };
  readonly random: Random;
  /** Bytes of unread messages, of all nodes together. */
  readonly budget: Budget;
  /** Bytes of unread messages a node may keep unless it asks for more. */
  readonly inboxBytes: number;
  /** Open nodes at most. */
  readonly limit: number;
}

/** The nodes that are open at this daemon. */
export interface Nodes {
  /** Opens a node, or shares one that is open. The key is taken over and wiped in time. */
  open(privateKey: PrivateKey, wish: OpenWish): Opening | OpenRefusal;
  /** Removes a node whoever opened it; false when it was not open. */
  drop(address: Address): boolean;
  /** The first address, in byte order, whose first `nbits` bits match. */
  find(prefix: Uint8Array, nbits: number): Address | undefined;
  /** The key of a node here. */
  publicKey(address: Address): PublicKey | undefined;
  /** How many nodes are open, the daemon's own not counted. */
  readonly size: number;
  readonly counters: NodeCounters;
  /** Ends every opening, as when the daemon stops. */
  stop(): void;
}

interface Entry {
  readonly node: LocalNode;
  readonly words: DataView;
  readonly openings: Set<(reason: Refusal) => void>;
}

/** No node is open. */
export function createNodes(options: NodesOptions): Nodes {
  const { own, random, budget } = options;
  const counters = createNodeCounters();
  const table: AddressMap<Entry> = createAddressMap(random);
  const ownBytes = own.address.bytes;
  const ownWords = addressWords(ownBytes);

  const remove = (entry: Entry, reason: Refusal): void => {
    table.delete(entry.node.address.bytes);
    entry.node.wipe();
    for (const end of [...entry.openings]) end(reason);
  };

  const createSender = (
    source: Uint8Array,
  ): Pick<Opening, "transmit" | "crowding" | "onRelief" | "forgetRelief"> => {
    // The destination of the message before: most rows of messages go to one.
    let last: Entry | undefined;
    let crowded: LocalNode | undefined;
    let awaited: LocalNode | undefined;
    const transmit: Opening["transmit"] = (addresses, addressAt, buffer, start, end) => {
      if (end - start > MTU) {
        counters.tooLarge += 1;
        return "MESSAGE_TOO_LARGE";
      }
      if (
        last === undefined ||
        last.node.openings === 0 ||
        !sameAddress(last.words, addresses, addressAt)
      ) {
        last = table.get(addresses, addressAt);
      }
      if (last !== undefined) {
        last.node.deliver(source, 0, buffer, start, end);
        if (last.node.crowded) crowded = last.node;
        return undefined;
      }
      return toOwnNode(source, addresses, addressAt, buffer, start, end);
    };
    return {
      transmit,
      get crowding() {
        return crowded?.crowded === true;
      },
      onRelief(hear) {
        awaited = crowded;
        awaited?.onRelief(hear);
      },
      forgetRelief(hear) {
        awaited?.forgetRelief(hear);
        awaited = undefined;
      },
    };
  };

  // The daemon's own node answers pings with the same bytes, and nothing else.
  const toOwnNode = (
    source: Uint8Array,
    addresses: Uint8Array,
    addressAt: number,
    buffer: Uint8Array,
    start: number,
    end: number,
  ): Refusal | undefined => {
    if (!sameAddress(ownWords, addresses, addressAt)) {
      counters.noSuchAddress += 1;
      return "NO_SUCH_ADDRESS";
    }
    if (isPing(buffer, start, end))
      table.get(source, 0)?.node.deliver(ownBytes, 0, buffer, start, end);
    else counters.notPings += 1;
    return undefined;
  };

  const createOpening = (entry: Entry): Opening => {
    const { node } = entry;
    const sender = createSender(node.address.bytes);
    let member: Membership | undefined;
    let ended: Refusal | undefined;
    let listener: ((reason: Refusal) => void) | undefined;
    const end = (reason: Refusal): void => {
      ended = reason;
      entry.openings.delete(end);
      if (member !== undefined) node.leave(member);
      node.openings -= 1;
      listener?.(reason);
    };
    node.openings += 1;
    entry.openings.add(end);
    return {
      address: node.address,
      publicKey: node.publicKey,
      transmit: (addresses, addressAt, buffer, start, finish) =>
        ended ?? sender.transmit(addresses, addressAt, buffer, start, finish),
      get crowding() {
        return sender.crowding;
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
      get waiting() {
        return node.waiting;
      },
      get lost() {
        return node.lost;
      },
      onEnd(hear) {
        listener = hear;
      },
      get ended() {
        return ended;
      },
      close() {
        if (ended !== undefined) return;
        end("NODE_CLOSED");
        if (node.openings === 0) remove(entry, "NODE_CLOSED");
      },
    };
  };

  return {
    open(privateKey, wish) {
      const { address } = privateKey;
      if (address.equals(own.address)) return refuse(privateKey, "KEY_IN_USE_BY_DAEMON");
      const inboxBytes = wish.inboxBytes ?? options.inboxBytes;
      const existing = table.get(address.bytes, 0);
      if (existing !== undefined) {
        privateKey.wipe();
        existing.node.wantInbox(inboxBytes);
        return createOpening(existing);
      }
      if (table.size >= options.limit) return refuse(privateKey, "LIMIT_NODES");
      const node = createLocalNode(privateKey, inboxBytes, budget, counters);
      const entry: Entry = { node, words: addressWords(address.bytes), openings: new Set() };
      table.set(address.bytes, entry);
      return createOpening(entry);
    },
    drop(address) {
      const entry = table.get(address.bytes, 0);
      if (entry !== undefined) remove(entry, "NODE_DROPPED");
      return entry !== undefined;
    },
    find(prefix, nbits) {
      let best = own.address.hasPrefix(prefix, nbits) ? own.address : undefined;
      for (const { node } of table.values()) {
        if (!node.address.hasPrefix(prefix, nbits)) continue;
        if (best === undefined || node.address.compare(best) < 0) best = node.address;
      }
      return best;
    },
    publicKey(address) {
      if (address.equals(own.address)) return own.publicKey;
      return table.get(address.bytes, 0)?.node.publicKey;
    },
    get size() {
      return table.size;
    },
    counters,
    stop() {
      for (const entry of [...table.values()]) remove(entry, "NODE_CLOSED");
    },
  };
}

function refuse(privateKey: PrivateKey, reason: OpenRefusal): OpenRefusal {
  privateKey.wipe();
  return reason;
}
