// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A map keyed by 32-byte addresses that looks them up in the middle of a packet, without making
 * a string, a view or any other object. Open addressing with linear probing; the hash is keyed
 * with random words, for strangers choose the keys. Invariant: at most half the slots are in use,
 * and no key has an empty slot between its home and its place.
 */
import type { Random } from "./random.js";

/** Bytes of a key. */
const KEY_BYTES = 32;
const SMALLEST_CAPACITY = 16;

/** Values by address. */
export interface AddressMap<V> {
  /** The value whose key stands at `at` in `buffer` (which holds at least 32 bytes from there). */
  get(buffer: Uint8Array, at: number): V | undefined;
  /** Adds or replaces; the key's 32 bytes are copied. */
  set(key: Uint8Array, value: V): void;
  /** Removes; false when it was not there. */
  delete(key: Uint8Array): boolean;
  /** How many. */
  size(): number;
  /** Every value, in no order. The map must not change meanwhile. */
  values(): IterableIterator<V>;
}

interface Slot<V> {
  readonly key: Uint8Array;
  readonly words: DataView;
  readonly hash: number;
  readonly value: V;
}

// The words of the buffer looked at last; packets of one buffer come in rows.
let lastBuffer: Uint8Array | undefined;
let lastWords: DataView = new DataView(new ArrayBuffer(0));

function wordsOf(buffer: Uint8Array): DataView {
  if (buffer !== lastBuffer) {
    lastBuffer = buffer;
    lastWords = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }
  return lastWords;
}

/** Whether the 32 bytes of `key` (words of its own) stand at `at` in `buffer`. */
export function sameAddress(key: DataView, buffer: Uint8Array, at: number): boolean {
  const words = wordsOf(buffer);
  for (let i = 0; i < KEY_BYTES; i += 4) {
    if (key.getInt32(i, true) !== words.getInt32(at + i, true)) return false;
  }
  return true;
}

/** The words of a 32-byte address, for sameAddress. */
export function addressWords(address: Uint8Array): DataView {
  return new DataView(address.buffer, address.byteOffset, KEY_BYTES);
}

/** An empty map. The four words of its hash key come from `random`. */
export function createAddressMap<V>(random: Random): AddressMap<V> {
  const seeds = [random.u32(), random.u32(), random.u32(), random.u32()] as const;
  let slots: (Slot<V> | undefined)[] = new Array(SMALLEST_CAPACITY).fill(undefined);
  let size = 0;

  // Two keyed multiply-xorshift rounds over half of the address each: an address is the output of
  // a hash function already, the key only keeps an attacker from aiming at one slot.
  const hashOf = (buffer: Uint8Array, at: number): number => {
    const words = wordsOf(buffer);
    let h = seeds[0];
    for (let i = 0; i < KEY_BYTES; i += 8) {
      h = Math.imul(h ^ words.getInt32(at + i, true) ^ seeds[1], 0x85ebca6b);
      h = Math.imul(h ^ (h >>> 15) ^ words.getInt32(at + i + 4, true) ^ seeds[2], 0xc2b2ae35);
      h ^= h >>> 13;
    }
    return (h ^ seeds[3]) >>> 0;
  };
  const find = (buffer: Uint8Array, at: number, hash: number): number => {
    const mask = slots.length - 1;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const slot = slots[i];
      if (slot === undefined) return i;
      if (slot.hash === hash && sameAddress(slot.words, buffer, at)) return i;
    }
  };
  const resize = (capacity: number): void => {
    const before = slots;
    slots = new Array(capacity).fill(undefined);
    for (const slot of before) if (slot !== undefined) slots[find(slot.key, 0, slot.hash)] = slot;
  };
  // Closes the gap at `hole` by moving back whatever would no longer be found across it.
  const closeGap = (start: number): void => {
    const mask = slots.length - 1;
    let hole = start;
    for (let i = (hole + 1) & mask; ; i = (i + 1) & mask) {
      const slot = slots[i];
      if (slot === undefined) break;
      if (((i - slot.hash) & mask) >= ((i - hole) & mask)) {
        slots[hole] = slot;
        hole = i;
      }
    }
    slots[hole] = undefined;
  };

  return {
    get: (buffer, at) => slots[find(buffer, at, hashOf(buffer, at))]?.value,
    set(key, value) {
      const hash = hashOf(key, 0);
      const i = find(key, 0, hash);
      if (slots[i] === undefined) size += 1;
      const own = slots[i]?.key ?? Uint8Array.from(key.subarray(0, KEY_BYTES));
      slots[i] = { key: own, words: addressWords(own), hash, value };
      if (size * 2 > slots.length) resize(slots.length * 2);
    },
    delete(key) {
      const i = find(key, 0, hashOf(key, 0));
      if (slots[i] === undefined) return false;
      closeGap(i);
      size -= 1;
      if (slots.length > SMALLEST_CAPACITY && size * 8 < slots.length) resize(slots.length / 2);
      return true;
    },
    size() {
      return size;
    },
    *values() {
      for (const slot of slots) if (slot !== undefined) yield slot.value;
    },
  };
}
