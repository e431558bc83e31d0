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
  const { count, offsets } = index;
  const copied =
    count === 1
      ? [offsets[0] as number, offsets[1] as number, offsets[2] as number]
      : offsets.slice(0, 3 * count);
  return new WireBatch(count, buffer, copied, readAddress);
}

// A class, for one is made of every message that comes alone: an object of its own functions takes
// ten times the memory and the time.
class WireBatch implements DatagramBatch {
  readonly length: number;
  readonly #buffer: Uint8Array;
  readonly #offsets: ArrayLike<number>;
  readonly #readAddress: AddressReader;

  constructor(
    length: number,
    buffer: Uint8Array,
    offsets: ArrayLike<number>,
    readAddress: AddressReader,
  ) {
    this.length = length;
    this.#buffer = buffer;
    this.#offsets = offsets;
    this.#readAddress = readAddress;
  }

  source(index: number): Address {
    return this.#readAddress(this.#buffer, this.#offsets[this.#slot(index)] ?? 0);
  }

  payload(index: number): Uint8Array {
    const slot = this.#slot(index);
    return this.#buffer.subarray(this.#offsets[slot + 1], this.#offsets[slot + 2]);
  }

  *[Symbol.iterator](): Iterator<Datagram> {
    for (let i = 0; i < this.length; i++)
      yield { source: this.source(i), payload: this.payload(i) };
  }

  #slot(index: number): number {
    if (index >>> 0 === index && index < this.length) return 3 * index;
    throw new RangeError(`no message ${index} in a batch of ${this.length}`);
  }
}
