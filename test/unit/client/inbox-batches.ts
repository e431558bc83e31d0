// SPDX-License-Identifier: GPL-3.0-or-later

// Batches for the tests of the inbox; a message is known by its number.

import { Address, type Datagram, type DatagramBatch } from "@inet256/client";

/** Who sends everything. */
export const SOURCE = Address.fromBytes(new Uint8Array(32).fill(1));

/** Message `id`. */
export function message(id: number): Datagram {
  return { source: SOURCE, payload: Uint8Array.of(id >> 8, id & 0xff) };
}

/** The number of a message. */
export function idOf({ payload }: Datagram): number {
  return ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
}

/** A batch of these messages. */
export function batch(...ids: readonly number[]): DatagramBatch {
  const datagrams = ids.map(message);
  const at = (index: number): Datagram => {
    const datagram = datagrams[index];
    if (datagram === undefined) throw new RangeError(`no message ${index}`);
    return datagram;
  };
  return {
    length: datagrams.length,
    source: (index) => at(index).source,
    payload: (index) => at(index).payload,
    [Symbol.iterator]: () => datagrams[Symbol.iterator](),
  };
}
