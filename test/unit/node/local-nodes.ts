// SPDX-License-Identifier: GPL-3.0-or-later

// A table of nodes with nobody in it, keys to open them with, and readers that remember.

import type { Address, PrivateKey } from "@inet256/client/identity";
import { type Budget, createBudget } from "../../../server/src/core/index.js";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { createIdentities } from "../../../server/src/identity/index.js";
import type { Found } from "../../../server/src/network/index.js";
import {
  createNodes,
  type Nodes,
  type Opening,
  type OpenWish,
  type Reader,
  type Refusal,
} from "../../../server/src/node/index.js";
import { createSeededRandom } from "../../support/seeded-random.js";
import { createVirtualClock, type VirtualClock } from "../../support/virtual-clock.js";
import { createFakeRemote, type FakeRemote } from "./fake-remote.js";

const { keys } = createIdentities(selectCrypto(), createSeededRandom(1));
// Making a key is slow with portable crypto: each is made once.
const seeds = new Map<number, Uint8Array>();

/** The key of that number, in an object of its own: whoever opens with it wipes it. */
export function keyOf(number: number): PrivateKey {
  let serialized = seeds.get(number);
  if (serialized === undefined) {
    serialized = keys.fromSeed(createSeededRandom(1_000 + number).bytes(32)).serialize();
    seeds.set(number, serialized);
  }
  return keys.parsePrivateKey(serialized);
}

/** Serialized, as clients send it. */
export function serializedKeyOf(number: number): Uint8Array {
  return keyOf(number).serialize();
}

/** The address of the key of that number. */
export function addressOf(number: number): Address {
  return keyOf(number).address;
}

/** The number of the daemon's own key. */
export const OWN = 0;

/** What a house of nodes may be made with. */
export interface HouseOptions {
  readonly limit?: number;
  readonly inboxBytes?: number;
  readonly budgetBytes?: number;
}

/** Nodes, and what they were made with. */
export interface House {
  readonly nodes: Nodes;
  readonly budget: Budget;
  /** What is beyond the daemon. */
  readonly remote: FakeRemote;
  readonly clock: VirtualClock;
  /** Opens the node of that number; throws when it is refused. */
  open(number: number, wish?: Partial<OpenWish>): Opening;
}

/** Nodes whose own key is that of number 0. */
export function createHouse(options: HouseOptions = {}): House {
  const budget = createBudget(options.budgetBytes ?? 100_000_000);
  const remote = createFakeRemote();
  const clock = createVirtualClock();
  const nodes = createNodes({
    own: keyOf(OWN),
    keys,
    network: remote.network,
    sessions: remote.sessions,
    clock,
    random: createSeededRandom(2),
    budget,
    inboxBytes: options.inboxBytes ?? 1_000_000,
    limit: options.limit ?? 1_000,
  });
  return {
    nodes,
    budget,
    remote,
    clock,
    open(number, wish = {}) {
      const opening = nodes.open(keyOf(number), { inboxBytes: undefined, ...wish });
      if (typeof opening === "string") throw new Error(`refused: ${opening}`);
      return opening;
    },
  };
}

/** A message as a reader got it. */
export interface Got {
  readonly source: string;
  readonly text: string;
}

/** A reader that remembers, and takes only so many until it is given room. */
export interface Memory {
  readonly reader: Reader;
  readonly got: Got[];
  /** What it got, without senders. */
  readonly texts: readonly string[];
  /** Messages it still takes. */
  room: number;
}

/** A reader with room for so many messages. */
export function createMemory(room = Number.POSITIVE_INFINITY): Memory {
  const got: Got[] = [];
  const memory: Memory = {
    got,
    room,
    get texts() {
      return got.map(({ text }) => text);
    },
    reader(addresses, at, buffer, start, end) {
      if (memory.room <= 0) return false;
      memory.room -= 1;
      got.push({
        source: Buffer.from(addresses.slice(at, at + 32)).toString("hex"),
        text: Buffer.from(buffer.slice(start, end)).toString(),
      });
      return true;
    },
  };
  return memory;
}

/** Sends a text, from the middle of a buffer that is overwritten at once. */
export function send(from: Opening, to: Address, text: string): Refusal | undefined {
  const payload = Buffer.from(text);
  const packet = Buffer.concat([Buffer.from("noise"), to.bytes, payload, Buffer.from("noise")]);
  const start = 5 + 32;
  const refusal = from.transmit(packet, 5, packet, start, start + payload.length);
  packet.fill(0xee);
  return refusal;
}

/** What a search finds before it returns; undefined: nobody, or nobody yet. */
export function foundBy(nodes: Nodes, prefix: Uint8Array, nbits = 256): Found | undefined {
  let result: Found | undefined;
  nodes.find(prefix, nbits, (found) => {
    result = found;
  });
  return result;
}

/** Takes all that waits at an opening without a reader. */
export function drain(opening: Opening): readonly string[] {
  const memory = createMemory();
  opening.drain(memory.reader);
  return memory.texts;
}
