// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Puts packets together from fragments that come in any order. Only authentic datagrams get here,
 * so it is a neighbour at most that fills it; what it may hold is bounded in bytes, in packets and
 * in time. Invariant: a packet is handed over once, when every byte of it has come exactly once.
 */
import {
  REASSEMBLY_BYTES,
  REASSEMBLY_GAPS,
  REASSEMBLY_MS,
  REASSEMBLY_PACKETS,
  REASSEMBLY_SPARE_BYTES,
} from "./constants.js";
import { copyBytes } from "./copy-bytes.js";
import type { FragmentFields } from "./frames/fragment-frame.js";
import { createIntervals, type Intervals } from "./intervals.js";

/** Why unfinished packets were dropped: sums since the start. */
export interface ReassemblyCounters {
  /** They took too long. */
  readonly expired: number;
  /** There was no room for a newer one. */
  readonly evicted: number;
  /** Fragments contradicted each other, or left too many gaps. */
  readonly inconsistent: number;
}

/** Unfinished packets. */
export interface Reassembly {
  /** Takes a fragment whose bytes stand in `buffer`; true when it completes its packet. */
  add(fields: Readonly<FragmentFields>, buffer: Uint8Array, nowMs: number): boolean;
  /** The completed packet, at the start of this buffer; until the next call. */
  packet(): Uint8Array;
  /** Its bytes. */
  packetBytes(): number;
  /** Drops what took too long; gives the time at which the next one will have, or -1 for none. */
  expire(nowMs: number): number;
  /** Unfinished packets. */
  size(): number;
  /** Bytes of memory that they hold. */
  bytes(): number;
  /** Drops all, uncounted: the peer that sent them is gone. */
  clear(): void;
  readonly counters: ReassemblyCounters;
}

interface Slot {
  used: boolean;
  id: number;
  total: number;
  sinceMs: number;
  buffer: Uint8Array;
  readonly parts: Intervals;
}

const NOTHING = new Uint8Array(0);
const ROUND_BYTES = 4_096;

/** Memory for packets, some of it kept for the next ones. */
function createSpares() {
  const spares: Uint8Array[] = [];
  let held = 0;
  return {
    take(least: number): Uint8Array {
      const place = spares.findIndex((spare) => spare.length >= least);
      const spare = place < 0 ? undefined : spares.splice(place, 1)[0];
      if (spare === undefined) {
        const bytes = Math.ceil(least / ROUND_BYTES) * ROUND_BYTES;
        return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer, 0, bytes);
      }
      held -= spare.length;
      return spare;
    },
    give(buffer: Uint8Array): void {
      if (held + buffer.length > REASSEMBLY_SPARE_BYTES) return;
      spares.push(buffer);
      held += buffer.length;
    },
  };
}

/** Nothing unfinished. */
export function createReassembly(): Reassembly {
  const slots: Slot[] = [];
  const spares = createSpares();
  const counters = { expired: 0, evicted: 0, inconsistent: 0 };
  let size = 0;
  let bytes = 0;
  let last: Slot | undefined;
  let packet: Uint8Array = NOTHING;
  let packetBytes = 0;

  const free = (slot: Slot): void => {
    bytes -= slot.buffer.length;
    size -= 1;
    spares.give(slot.buffer);
    slot.used = false;
    slot.buffer = NOTHING;
    slot.parts.clear();
    if (last === slot) last = undefined;
  };
  const find = (id: number): Slot | undefined => {
    if (last?.id === id) return last;
    for (const slot of slots) if (slot.used && slot.id === id) return slot;
    return undefined;
  };
  const evictOldest = (): void => {
    let oldest: Slot | undefined;
    for (const slot of slots) {
      if (slot.used && (oldest === undefined || slot.sinceMs < oldest.sinceMs)) oldest = slot;
    }
    if (oldest === undefined) return;
    counters.evicted += 1;
    free(oldest);
  };
  const unusedSlot = (): Slot => {
    for (const slot of slots) if (!slot.used) return slot;
    const parts = createIntervals(REASSEMBLY_GAPS);
    const slot = { used: false, id: 0, total: 0, sinceMs: 0, buffer: NOTHING, parts };
    slots.push(slot);
    return slot;
  };
  const begin = (id: number, total: number, nowMs: number): Slot => {
    while (size >= REASSEMBLY_PACKETS || (size > 0 && bytes + total > REASSEMBLY_BYTES)) {
      evictOldest();
    }
    const slot = unusedSlot();
    slot.used = true;
    slot.id = id;
    slot.total = total;
    slot.sinceMs = nowMs;
    slot.buffer = spares.take(total);
    bytes += slot.buffer.length;
    size += 1;
    return slot;
  };
  const expire = (nowMs: number): number => {
    let nextMs = -1;
    for (const slot of slots) {
      if (!slot.used) continue;
      const endMs = slot.sinceMs + REASSEMBLY_MS;
      if (endMs <= nowMs) {
        counters.expired += 1;
        free(slot);
      } else if (nextMs < 0 || endMs < nextMs) nextMs = endMs;
    }
    return nextMs;
  };

  return {
    add(fields, buffer, nowMs) {
      const slot = find(fields.id) ?? begin(fields.id, fields.total, nowMs);
      last = slot;
      const outcome =
        slot.total === fields.total
          ? slot.parts.add(fields.offset, fields.offset + fields.length)
          : "overlap";
      if (outcome === "known") return false;
      if (outcome !== "new") {
        counters.inconsistent += 1;
        free(slot);
        return false;
      }
      copyBytes(buffer, fields.at, fields.length, slot.buffer, fields.offset);
      if (slot.parts.bytes() < slot.total) return false;
      packet = slot.buffer;
      packetBytes = slot.total;
      free(slot);
      return true;
    },
    packet() {
      return packet;
    },
    packetBytes() {
      return packetBytes;
    },
    expire,
    size() {
      return size;
    },
    bytes() {
      return bytes;
    },
    clear() {
      for (const slot of slots) if (slot.used) free(slot);
    },
    counters,
  };
}
