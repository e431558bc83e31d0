// SPDX-License-Identifier: Apache-2.0

/**
 * A batch of received messages as it came off the wire: one buffer and where things stand in it.
 * Nothing is copied or made before it is asked for.
 */
import { ADDRESS_BYTES, type DatagramIndex } from "./grpc/index.js";
import { Address } from "./identity/index.js";
import type { Datagram, DatagramBatch } from "./node.js";

/** Turns bytes into addresses and remembers some, for senders repeat themselves. */
export type AddressReader = (buffer: Uint8Array, at: number) => Address;

const REMEMBERED = 64;

/** A reader that remembers up to 64 senders. */
export function createAddressReader(): AddressReader {
  const known: (Address | undefined)[] = new Array(REMEMBERED).fill(undefined);
  const same = (address: Address, buffer: Uint8Array, at: number): boolean => {
    const bytes = address.bytes;
    for (let i = 0; i < ADDRESS_BYTES; i++) if (bytes[i] !== buffer[at + i]) return false;
    return true;
  };
  return (buffer, at) => {
    const slot = (buffer[at] ?? 0) % REMEMBERED;
    const remembered = known[slot];
    if (remembered !== undefined && same(remembered, buffer, at)) return remembered;
    const address = Address.fromBytes(buffer.subarray(at, at + ADDRESS_BYTES));
    known[slot] = address;
    return address;
  };
}

/** A batch over `buffer`, which must not change any more. The index is copied. */
export function createWireBatch(
  buffer: Uint8Array,
  index: DatagramIndex,
  readAddress: AddressReader,
): DatagramBatch {
  const length = index.count;
  const offsets = index.offsets.slice(0, 3 * length);
  const check = (i: number): number => {
    if (i >>> 0 !== i || i >= length)
      throw new RangeError(`no message ${i} in a batch of ${length}`);
    return 3 * i;
  };
  const source = (i: number): Address => readAddress(buffer, offsets[check(i)] ?? 0);
  const payload = (i: number): Uint8Array => {
    const slot = check(i);
    return buffer.subarray(offsets[slot + 1], offsets[slot + 2]);
  };
  return {
    length,
    source,
    payload,
    *[Symbol.iterator](): Iterator<Datagram> {
      for (let i = 0; i < length; i++) yield { source: source(i), payload: payload(i) };
    },
  };
}
