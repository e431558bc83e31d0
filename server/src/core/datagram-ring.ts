// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A bounded queue of datagrams in one ring of bytes: no object for each, one buffer to wipe.
 * Records are: u32 payload length, 32 bytes address, payload. Invariant: the capacity is what was
 * taken from the budget, and never exceeds the bound; the bytes between head and tail are whole
 * records.
 */
import type { Budget } from "./budget.js";
import { giveRingMemory, takeRingMemory } from "./ring-memory.js";

const ADDRESS_BYTES = 32;
/** What each waiting datagram costs beyond its payload, in bytes. */
export const RECORD_OVERHEAD_BYTES = 4 + ADDRESS_BYTES;
const SMALLEST_CAPACITY = 1024;

/**
 * Is offered a datagram: the address at `addressAt` of `addresses`, the payload from `start` to
 * `end` of `buffer`, all valid only during the call. True takes it; false leaves it.
 */
export type TakeDatagram = (
  addresses: Uint8Array,
  addressAt: number,
  buffer: Uint8Array,
  start: number,
  end: number,
) => boolean;

/** A first-in first-out queue of datagrams. */
export interface DatagramRing {
  /**
   * Appends a copy of bytes `start` to `end` of `buffer`, with the address at `addressAt` of
   * `addresses`. Where there is no room the oldest make it; returns how many datagrams were lost
   * by that; when the new one cannot fit at all it is the one that is lost.
   */
  push(
    addresses: Uint8Array,
    addressAt: number,
    buffer: Uint8Array,
    start: number,
    end: number,
  ): number;
  /** Offers the oldest while `take` says yes. It must not push, but it may wipe. */
  drain(take: TakeDatagram): void;
  /** How many datagrams wait. */
  length(): number;
  /** Bytes they take, records included. */
  bytes(): number;
  /** Raises or lowers the bound; what is too much stays until it is taken. */
  setBound(bytes: number): void;
  /** Overwrites everything with zeros, empties the ring and gives its bytes back. */
  wipe(): void;
}

/** An empty ring that holds at most `bound` bytes, taken from `budget` as they are needed. */
export function createDatagramRing(bound: number, budget: Budget): DatagramRing {
  let limit = bound;
  let ring: Uint8Array = new Uint8Array(0);
  // Absolute positions; their difference is the number of bytes in use.
  let head = 0;
  let tail = 0;
  let length = 0;

  const at = (position: number): number => position % ring.length;
  const writeBytes = (source: Uint8Array, start: number, end: number): void => {
    const place = at(tail);
    const first = Math.min(end - start, ring.length - place);
    ring.set(source.subarray(start, start + first), place);
    if (start + first < end) ring.set(source.subarray(start + first, end), 0);
    tail += end - start;
  };
  // Copies records out in order, which also unwraps them.
  const unwrap = (from: number, bytes: number, into: Uint8Array, place: number): void => {
    const first = Math.min(bytes, ring.length - at(from));
    into.set(ring.subarray(at(from), at(from) + first), place);
    if (first < bytes) into.set(ring.subarray(0, bytes - first), place + first);
  };
  const resize = (capacity: number): void => {
    const next = takeRingMemory(capacity);
    const bytes = tail - head;
    if (bytes > 0) unwrap(head, bytes, next, 0);
    ring.fill(0);
    giveRingMemory(ring);
    ring = next;
    head = 0;
    tail = bytes;
  };
  // Grows towards the bound as far as the budget allows; true when `needed` bytes fit.
  const grow = (needed: number): boolean => {
    let capacity = Math.max(ring.length, SMALLEST_CAPACITY);
    while (capacity < needed) capacity *= 2;
    for (const wanted of [Math.min(capacity, limit), Math.min(needed, limit)]) {
      if (wanted < needed || wanted <= ring.length) continue;
      if (!budget.take(wanted - ring.length)) continue;
      resize(wanted);
      return true;
    }
    return needed <= ring.length;
  };
  const payloadLength = (): number => {
    const p = head;
    return (
      ((ring[at(p)] ?? 0) |
        ((ring[at(p + 1)] ?? 0) << 8) |
        ((ring[at(p + 2)] ?? 0) << 16) |
        ((ring[at(p + 3)] ?? 0) << 24)) >>>
      0
    );
  };
  const release = (): void => {
    budget.give(ring.length);
    giveRingMemory(ring);
    ring = new Uint8Array(0);
    head = 0;
    tail = 0;
    length = 0;
  };
  const dropOldest = (): void => {
    head += RECORD_OVERHEAD_BYTES + payloadLength();
    length -= 1;
  };

  const lengthBytes = new Uint8Array(4);
  return {
    push(addresses, addressAt, buffer, start, end) {
      const record = RECORD_OVERHEAD_BYTES + end - start;
      if (record > limit) return 1;
      let lost = 0;
      while (tail - head + record > ring.length && !grow(tail - head + record)) {
        // One that does not even fit alone costs no other its place.
        if (record > ring.length && !grow(record)) return 1;
        dropOldest();
        lost += 1;
      }
      const bytes = end - start;
      lengthBytes[0] = bytes;
      lengthBytes[1] = bytes >>> 8;
      lengthBytes[2] = bytes >>> 16;
      lengthBytes[3] = bytes >>> 24;
      writeBytes(lengthBytes, 0, 4);
      writeBytes(addresses, addressAt, addressAt + ADDRESS_BYTES);
      writeBytes(buffer, start, end);
      length += 1;
      return lost;
    },
    drain(take) {
      while (length > 0) {
        const bytes = RECORD_OVERHEAD_BYTES + payloadLength();
        const place = at(head);
        let record = ring;
        let start = place;
        if (place + bytes > ring.length) {
          record = new Uint8Array(bytes);
          unwrap(head, bytes, record, 0);
          start = 0;
        }
        if (!take(record, start + 4, record, start + RECORD_OVERHEAD_BYTES, start + bytes)) return;
        // The receiver may have wiped the ring meanwhile.
        if (length === 0) return;
        dropOldest();
      }
      release();
    },
    length() {
      return length;
    },
    bytes() {
      return tail - head;
    },
    setBound(bytes) {
      limit = bytes;
    },
    wipe() {
      ring.fill(0);
      release();
    },
  };
}
