// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The table of local nodes: opens, shares, drops and finds them, and moves messages between them.
 *
 * Invariants: a node stands in the table exactly while it has openings; the daemon's own key is
 * never opened.
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
import { createNodeCounters, type NodeCounters } from "./counters.js";
import { createLocalNode } from "./local-node.js";
import { createOpening, type EndOpening, type Opening } from "./opening.js";
import { isPing } from "./ping.js";
import type { OpenRefusal, Refusal } from "./refusal.js";
import { createSender, type Destination, type Destinations } from "./sender.js";

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

interface Entry extends Destination {
  open: boolean;
  readonly openings: Set<EndOpening>;
}

/** No node is open. */
export function createNodes(options: NodesOptions): Nodes {
  const { own, random, budget } = options;
  const counters = createNodeCounters();
  const table: AddressMap<Entry> = createAddressMap(random);
  const ownBytes = own.address.bytes;
  const ownWords = addressWords(ownBytes);

  const remove = (entry: Entry, reason: Refusal): void => {
    entry.open = false;
    table.delete(entry.node.address.bytes);
    entry.node.wipe();
    for (const end of [...entry.openings]) end(reason);
  };
  const destinations: Destinations = {
    find: table.get,
    // The daemon's own node answers pings with the same bytes, and nothing else.
    elsewhere(source, addresses, addressAt, buffer, start, end) {
      if (!sameAddress(ownWords, addresses, addressAt)) {
        counters.noSuchAddress += 1;
        return "NO_SUCH_ADDRESS";
      }
      const sender = isPing(buffer, start, end) ? table.get(source, 0) : undefined;
      if (sender === undefined) counters.notPings += 1;
      else sender.node.deliver(ownBytes, 0, buffer, start, end);
      return undefined;
    },
  };
  const openOnce = (entry: Entry): Opening =>
    createOpening({
      ...entry,
      sender: createSender(entry.node.address.bytes, destinations, counters),
      onLast: () => remove(entry, "NODE_CLOSED"),
    });

  return {
    open(privateKey, wish) {
      const { address } = privateKey;
      if (address.equals(own.address)) return refuse(privateKey, "KEY_IN_USE_BY_DAEMON");
      const inboxBytes = wish.inboxBytes ?? options.inboxBytes;
      const existing = table.get(address.bytes, 0);
      if (existing !== undefined) {
        privateKey.wipe();
        existing.node.wantInbox(inboxBytes);
        return openOnce(existing);
      }
      if (table.size >= options.limit) return refuse(privateKey, "LIMIT_NODES");
      const node = createLocalNode(privateKey, inboxBytes, budget, counters);
      const words = addressWords(address.bytes);
      const entry: Entry = { node, words, open: true, openings: new Set() };
      table.set(address.bytes, entry);
      return openOnce(entry);
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
