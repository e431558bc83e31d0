// SPDX-License-Identifier: GPL-3.0-or-later

// Values in the order of their addresses, so that the first one with a prefix is found without
// looking at all. Invariant: sorted, each address once.

import { matchesPrefix } from "../../identity/index.js";

/** Something that has an address. */
export interface Addressed {
  /** 32 bytes, not to be modified. */
  readonly address: Uint8Array;
}

/** A sorted set by address. Adding and removing move memory, looking up costs O(log n). */
export interface AddressOrder<V extends Addressed> {
  add(value: V): void;
  remove(address: Uint8Array): void;
  /** The first whose first `nbits` bits match and that `fits`. */
  first(prefix: Uint8Array, nbits: number, fits: (value: V) => boolean): V | undefined;
}

/** An empty one. */
export function createAddressOrder<V extends Addressed>(): AddressOrder<V> {
  const values: V[] = [];
  /** Where the first stands that is not below the key's first bytes. */
  const place = (key: Uint8Array, bytes: number): number => {
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const value = values[middle];
      if (value !== undefined && compare(value.address, key, bytes) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    add(value) {
      const at = place(value.address, 32);
      const there = values[at];
      const same = there !== undefined && compare(there.address, value.address, 32) === 0;
      values.splice(at, same ? 1 : 0, value);
    },
    remove(address) {
      const at = place(address, 32);
      const there = values[at];
      if (there !== undefined && compare(there.address, address, 32) === 0) values.splice(at, 1);
    },
    first(prefix, nbits, fits) {
      const lowest = lowestWith(prefix, nbits);
      for (let i = place(lowest, lowest.length); i < values.length; i++) {
        const value = values[i];
        if (value === undefined || !matchesPrefix(value.address, prefix, nbits)) return undefined;
        if (fits(value)) return value;
      }
      return undefined;
    },
  };
}

function compare(a: Uint8Array, b: Uint8Array, bytes: number): number {
  for (let i = 0; i < bytes; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The prefix's bits, and zeros to the end of their last byte. */
function lowestWith(prefix: Uint8Array, nbits: number): Uint8Array {
  const lowest = prefix.slice(0, Math.ceil(nbits / 8));
  const last = lowest.length - 1;
  if (nbits % 8 !== 0) lowest[last] = (lowest[last] ?? 0) & (0xff00 >> (nbits % 8));
  return lowest;
}
