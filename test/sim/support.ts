// SPDX-License-Identifier: GPL-3.0-or-later

// Two hosts with a transport each, and what the second one receives: for tests of the laboratory.

import type { TransportAddress, TransportSink } from "../../server/src/transport/index.js";
import type { LinkOptions } from "./link-model.js";
import { createNetwork, type Network } from "./network.js";
import type { SimTransport } from "./sim-transport.js";
import { createWorld, type World } from "./world.js";

/** A sink that does nothing, with some of its calls taken over. */
export function sinkWith(calls: Partial<TransportSink> = {}): TransportSink {
  return {
    received() {},
    receivedAll() {},
    unreachable() {},
    failed() {},
    writable() {},
    ...calls,
  };
}

/** What arrived. */
export interface Arrival {
  /** The number that the datagram begins with. */
  readonly number: number;
  readonly length: number;
  readonly from: string;
  readonly atMs: number;
}

/** The two. */
export interface Pair {
  readonly world: World;
  readonly network: Network;
  readonly a: SimTransport;
  readonly b: SimTransport;
  /** At b. */
  readonly arrivals: readonly Arrival[];
  /** The numbers at b, in the order of arrival. */
  numbers(): readonly number[];
  /** a sends a datagram of this size that begins with the number. */
  send(number: number, length?: number): void;
}

export const A = "10.0.0.1:1";
export const B = "10.0.0.2:2";

/** a on host "one" and b on host "two", with this link between all. */
export function createPair(link: Partial<LinkOptions> = {}, seed = 1): Pair {
  const world = createWorld({ seed });
  const network = createNetwork({ world, link, trace: true });
  const arrivals: Arrival[] = [];
  const a = network.bind(world.host("one"), A, sinkWith());
  const b = network.bind(
    world.host("two"),
    B,
    sinkWith({
      received(buffer, at, length, from, nowMs) {
        const number = new DataView(buffer.buffer, buffer.byteOffset + at).getUint32(0);
        arrivals.push({ number, length, from: from.text, atMs: nowMs });
      },
    }),
  );
  return {
    world,
    network,
    a,
    b,
    arrivals,
    numbers: () => arrivals.map(({ number }) => number),
    send: (number, length = 100) => sendNumbered(a, addressOf(a, B), number, length),
  };
}

/** The address of a text that is one. */
export function addressOf(transport: SimTransport, text: string): TransportAddress {
  const address = transport.address(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}

/** Sends a datagram that begins with this number. */
export function sendNumbered(
  from: SimTransport,
  to: TransportAddress,
  number: number,
  length: number,
): void {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, number);
  from.send(to, bytes, 0, length, length);
}

/** All datagrams are accounted for. */
export function accounted({ counters }: Network): boolean {
  const { sent, injected, duplicated, delivered, inFlight, dropped } = counters;
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return sent + injected + duplicated === delivered + lost + inFlight;
}
