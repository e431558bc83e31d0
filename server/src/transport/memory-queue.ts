// SPDX-License-Identifier: GPL-3.0-or-later

// What waits for a transport in memory until the turn ends: datagrams one after the other in one
// buffer. There are two of them, so that what arrives during a delivery is not delivered in it.
// Invariant: neither holds more than the bound, and a delivery touches only the one set aside.

/** Is handed one datagram; its bytes hold until the call returns. */
export type TakeMemoryDatagram = (
  from: string,
  buffer: Uint8Array,
  at: number,
  length: number,
) => void;

/** A bounded queue that is emptied all at once. */
export interface MemoryQueue {
  /** Appends a copy; false, and nothing is kept, when the bound would be passed. */
  push(from: string, buffer: Uint8Array, at: number, length: number): boolean;
  /** Hands over what is there now, not what comes meanwhile, and stops early after `clear`. */
  drain(take: TakeMemoryDatagram): void;
  /** Bytes that wait. */
  readonly bytes: number;
  /** Forgets everything. */
  clear(): void;
}

interface Half {
  buffer: Uint8Array;
  used: number;
  readonly from: string[];
  readonly ends: number[];
}

const FIRST_BYTES = 65_536;

/** An empty queue of at most `bound` bytes. */
export function createMemoryQueue(bound: number): MemoryQueue {
  let filling = createHalf();
  let aside = createHalf();
  let cleared = false;
  return {
    push(from, buffer, at, length) {
      const end = filling.used + length;
      if (end > bound) return false;
      if (end > filling.buffer.length) grow(filling, end, bound);
      filling.buffer.set(buffer.subarray(at, at + length), filling.used);
      filling.used = end;
      filling.from.push(from);
      filling.ends.push(end);
      return true;
    },
    drain(take) {
      const due = filling;
      filling = aside;
      aside = due;
      cleared = false;
      let at = 0;
      for (let i = 0; i < due.ends.length && !cleared; i++) {
        const end = due.ends[i] ?? at;
        take(due.from[i] ?? "", due.buffer, at, end - at);
        at = end;
      }
      empty(due);
    },
    get bytes() {
      return filling.used;
    },
    clear() {
      cleared = true;
      empty(filling);
    },
  };
}

function createHalf(): Half {
  return { buffer: new Uint8Array(0), used: 0, from: [], ends: [] };
}

function empty(half: Half): void {
  half.used = 0;
  half.from.length = 0;
  half.ends.length = 0;
}

function grow(half: Half, needed: number, bound: number): void {
  let size = Math.max(FIRST_BYTES, half.buffer.length);
  while (size < needed) size *= 2;
  const larger = new Uint8Array(Math.min(size, bound));
  larger.set(half.buffer.subarray(0, half.used));
  half.buffer = larger;
}
