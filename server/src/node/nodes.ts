// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The table of local nodes: opens, shares, drops and finds them, and moves messages between them
 * and, through elsewhere.ts, to and from all others.
 *
 * Invariants: a node stands in the table, and is attached to the network, exactly while it has
 * openings; the daemon's own key is never opened.
 */
import type { Address, Keys, PrivateKey } from "@inet256/client/identity";
import {
  type AddressMap,
  addressWords,
  type Budget,
  type Clock,
  createAddressMap,
  type Random,
} from "../core/index.js";
import type { Found, Network } from "../network/index.js";
import type { Sessions, SessionsSink } from "../session/index.js";
import { attachmentOf } from "./attachment.js";
import { createNodeCounters, type NodeCounters } from "./counters.js";
import { createElsewhere, type Resident } from "./elsewhere.js";
import { createLocalNode, type LocalNode } from "./local-node.js";
import { createOpening, type EndOpening, type Opening } from "./opening.js";
import { createOutbound } from "./outbound.js";
import type { OpenRefusal, Refusal } from "./refusal.js";
import { createSender, type Destination, type Destinations } from "./sender.js";

/** How to open. */
export interface OpenWish {
  /** Bytes of unread messages to keep; undefined: the default. */
  readonly inboxBytes: number | undefined;
}

/** What nodes need. */
export interface NodesOptions {
  /** The daemon's own identity, found and pinged, never opened. It stays the caller's. */
  readonly own: PrivateKey;
  readonly keys: Keys;
  readonly network: Pick<Network, "attach" | "detach" | "find">;
  readonly sessions: Pick<Sessions, "join" | "leave" | "send">;
  readonly clock: Clock;
  readonly random: Random;
  /** Bytes of unread messages, of all nodes together. */
  readonly budget: Budget;
  /** Bytes of unread messages a node may keep unless it asks for more. */
  readonly inboxBytes: number;
  /** Open nodes at most. */
  readonly limit: number;
}

/** An open node, as it is shown. */
export interface NodeStatus {
  readonly address: Address;
  /** How often it is open: programs and streams that share the address. */
  readonly openings: number;
  /** Messages that wait to be read, and the bytes that they take. */
  readonly queuedMessages: number;
  readonly queuedBytes: number;
}

/** The nodes that are open at this daemon. */
export interface Nodes {
  /** Opens a node, or shares one that is open. The key is taken over and wiped in time. */
  open(privateKey: PrivateKey, wish: OpenWish): Opening | OpenRefusal;
  /** Removes a node whoever opened it; false when it was not open. */
  drop(address: Address): boolean;
  /**
   * Finds an identity whose address begins with these `nbits` bits: of the nodes here the first in
   * byte order, told before this returns; else the network is asked. `found` is called once, with
   * undefined when everybody said no, unless the search is ended by calling what is returned.
   */
  find(prefix: Uint8Array, nbits: number, found: (found: Found | undefined) => void): () => void;
  /** What sessions are to tell. */
  readonly sessionsSink: SessionsSink;
  /** How many nodes are open, the daemon's own not counted. */
  size(): number;
  /** Those nodes, in no particular order. */
  list(): readonly NodeStatus[];
  readonly counters: NodeCounters;
  /** Ends every opening and the daemon's own node, as when the daemon stops. */
  stop(): void;
}

interface Entry extends Destination, Resident {
  open: boolean;
  readonly openings: Set<EndOpening>;
}

const ADDRESS_BITS = 256;

/** No node is open. */
export function createNodes(options: NodesOptions): Nodes {
  const { own, keys, network, random, budget } = options;
  const counters = createNodeCounters();
  const table: AddressMap<Entry> = createAddressMap(random);
  const ownIdentity = attachmentOf(own, keys);
  const elsewhere = createElsewhere({ ...options, own: ownIdentity, table, counters });

  const remove = (entry: Entry, reason: Refusal): void => {
    entry.open = false;
    const { bytes } = entry.node.address;
    table.delete(bytes);
    elsewhere.leave(bytes);
    entry.node.wipe();
    for (const end of [...entry.openings]) end(reason);
  };
  const destinations: Destinations = { find: table.get, elsewhere: elsewhere.elsewhere };
  const openOnce = (entry: Entry): Opening =>
    createOpening({
      ...entry,
      sender: createSender(entry.outbound, destinations, counters),
      onLast: () => remove(entry, "NODE_CLOSED"),
    });

  const findHere = (prefix: Uint8Array, nbits: number): Found | undefined => {
    let best: Pick<LocalNode, "address" | "publicKey"> | undefined;
    if (nbits === ADDRESS_BITS) best = table.get(prefix, 0)?.node;
    if (own.address.hasPrefix(prefix, nbits)) best = own;
    for (const { node } of nbits === ADDRESS_BITS ? [] : table.values()) {
      if (!node.address.hasPrefix(prefix, nbits)) continue;
      if (best === undefined || node.address.compare(best.address) < 0) best = node;
    }
    return best && { address: best.address, publicKey: best.publicKey.serialize() };
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
        return openOnce(existing);
      }
      if (table.size() >= options.limit) return refuse(privateKey, "LIMIT_NODES");
      const node = createLocalNode(privateKey, inboxBytes, budget, counters);
      const { bytes } = address;
      const words = addressWords(bytes);
      const outbound = createOutbound(bytes);
      const entry: Entry = { node, words, outbound, open: true, openings: new Set() };
      table.set(bytes, entry);
      elsewhere.join(attachmentOf(privateKey, keys));
      return openOnce(entry);
    },
    drop(address) {
      const entry = table.get(address.bytes, 0);
      if (entry !== undefined) remove(entry, "NODE_DROPPED");
      return entry !== undefined;
    },
    find(prefix, nbits, found) {
      const here = findHere(prefix, nbits);
      if (here === undefined)
        return network.find(prefix, nbits, found, options.clock.monotonicMs());
      found(here);
      return () => {};
    },
    sessionsSink: elsewhere.sessionsSink,
    size() {
      return table.size();
    },
    list: () =>
      [...table.values()].map(({ node, openings }) => ({
        address: node.address,
        openings: openings.size,
        queuedMessages: node.waiting(),
        queuedBytes: node.waitingBytes(),
      })),
    counters,
    stop() {
      for (const entry of [...table.values()]) remove(entry, "NODE_CLOSED");
      elsewhere.leave(own.address.bytes);
    },
  };
}

function refuse(privateKey: PrivateKey, reason: OpenRefusal): OpenRefusal {
  privateKey.wipe();
  return reason;
}
