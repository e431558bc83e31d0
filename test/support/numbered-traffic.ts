// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Numbered messages between nodes, through whatever happens to the daemons: what has arrived, in its
 * order, and what was told of every one that was sent.
 */
import { type Address, type Node, NodeError } from "@inet256/client";
import { until } from "./until.js";

const BYTES = 64;
const DEADLINE_MS = 20_000;

/** Hears the numbers that arrive at one node, or at several that have the same key. */
export interface Ear {
  readonly numbers: readonly number[];
  /** Hears that node as well. Nothing but numbered traffic may be sent to it. */
  listen(node: Node): void;
  /** Numbers that have arrived more than once. */
  twice(): readonly number[];
  /** How many messages have arrived that are not, byte for byte, what their number makes them. */
  readonly altered: number;
}

/** An ear at some nodes. */
export function createEar(...nodes: readonly Node[]): Ear {
  const numbers: number[] = [];
  let altered = 0;
  const hear = async (node: Node): Promise<void> => {
    for await (const batch of node.batches()) {
      for (const { payload } of batch) {
        const number = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
        numbers.push(number);
        if (Buffer.compare(payload, messageOf(number)) !== 0) altered += 1;
      }
    }
  };
  for (const node of nodes) void hear(node);
  return {
    numbers,
    listen: (node) => void hear(node),
    twice() {
      const seen = new Set<number>();
      return numbers.filter((number) => seen.size === seen.add(number).size);
    },
    get altered() {
      return altered;
    },
  };
}

/** Messages of one node to one address. */
export interface NumberedTraffic {
  /** By number: "accepted", or the reason why not. */
  readonly outcomes: ReadonlyMap<number, string>;
  /** Sent, and nothing told yet. */
  readonly pending: number;
  /** Sends one; returns its number. */
  send(): number;
  /** Sends until so many are pending. */
  fill(most?: number): void;
  /** Keeps some on their way until the ear has heard so many more. */
  flow(count: number): Promise<void>;
}

/** Traffic whose numbers begin with `first`, so that one ear can tell it from other traffic. */
export function createNumberedTraffic(
  sender: Node,
  to: Address,
  ear: Ear,
  first: number = 0,
): NumberedTraffic {
  const outcomes = new Map<number, string>();
  let [next, pending] = [first, 0];
  const told = (number: number, outcome: string): void => {
    outcomes.set(number, outcome);
    pending -= 1;
  };
  const send = (): number => {
    const number = next++;
    pending += 1;
    sender.send(to, messageOf(number)).then(
      () => told(number, "accepted"),
      (error: unknown) => told(number, error instanceof NodeError ? error.reason : String(error)),
    );
    return number;
  };
  const fill = (most: number = 20): void => {
    while (pending < most) send();
  };
  return {
    outcomes,
    get pending() {
      return pending;
    },
    send,
    fill,
    async flow(count) {
      const goal = ear.numbers.length + count;
      const arrived = (): boolean => {
        fill();
        return ear.numbers.length >= goal;
      };
      await until(`${count} messages have arrived`, arrived, DEADLINE_MS);
    },
  };
}

/** The message with this number: all its bytes follow from it. */
function messageOf(number: number): Uint8Array {
  const payload = new Uint8Array(BYTES);
  new DataView(payload.buffer).setUint32(0, number);
  for (let i = 4; i < BYTES; i++) payload[i] = Math.imul(number + 1, 31 * i) >>> 3;
  return payload;
}
