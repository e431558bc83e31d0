// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Many first-in first-out queues of packets, numbered, over one pool of chunks: no object for a
 * packet. A packet is u32 length, u32 time (milliseconds, modulo 2^32), bytes, padding to 4; its
 * eight bytes of header never lie across two chunks, its bytes may.
 */
import { readU32, writeU32 } from "../core/index.js";
import { type Chunks, createChunks, NO_CHUNK } from "./chunks.js";
import { CHUNK_BYTES } from "./constants.js";
import { copyBytes } from "./copy-bytes.js";

const HEADER_BYTES = 8;

/** The queues. */
export interface PacketFifos {
  /** Appends a copy to a queue. */
  push(queue: number, buffer: Uint8Array, at: number, length: number, nowMs: number): void;
  /** Packets in a queue. */
  count(queue: number): number;
  /** Bytes of packets in a queue. */
  bytes(queue: number): number;
  /** Length of the first packet of a queue that has one. */
  firstBytes(queue: number): number;
  /** Milliseconds for which it has waited. */
  firstAgeMs(queue: number, nowMs: number): number;
  /** Takes the first packet out of a queue that has one, to `at` in `into`; gives its length. */
  shift(queue: number, into: Uint8Array, at: number): number;
  /** Takes it out and forgets it. */
  drop(queue: number): void;
  /** Empties all. */
  clear(): void;
}

/** Where each queue begins and ends. */
function columns(queues: number) {
  return {
    head: new Int32Array(queues).fill(NO_CHUNK),
    headAt: new Int32Array(queues),
    tail: new Int32Array(queues).fill(NO_CHUNK),
    tailAt: new Int32Array(queues),
    count: new Int32Array(queues),
    bytes: new Float64Array(queues),
  };
}

const padded = (bytes: number): number => (bytes + 3) & ~3;

/** So many queues, all empty. */
export function createPacketFifos(queues: number): PacketFifos {
  const chunks: Chunks = createChunks();
  const rows = columns(queues);
  let packets = 0;

  const extend = (queue: number): void => {
    const chunk = chunks.take();
    const tail = rows.tail[queue] ?? NO_CHUNK;
    if (tail === NO_CHUNK) {
      rows.head[queue] = chunk;
      rows.headAt[queue] = 0;
    } else chunks.setNext(tail, chunk);
    rows.tail[queue] = chunk;
    rows.tailAt[queue] = 0;
  };
  const advance = (queue: number): void => {
    const head = rows.head[queue] ?? NO_CHUNK;
    rows.head[queue] = chunks.next(head);
    rows.headAt[queue] = 0;
    chunks.give(head);
  };
  const append = (queue: number, buffer: Uint8Array, from: number, length: number): void => {
    let at = from;
    let left = length;
    while (left > 0) {
      if ((rows.tailAt[queue] ?? 0) === CHUNK_BYTES) extend(queue);
      const place = rows.tailAt[queue] ?? 0;
      const part = Math.min(left, CHUNK_BYTES - place);
      copyBytes(buffer, at, part, chunks.bytes(rows.tail[queue] ?? NO_CHUNK), place);
      rows.tailAt[queue] = padded(place + part);
      at += part;
      left -= part;
    }
  };
  // Takes bytes out, into a buffer or nowhere.
  const take = (queue: number, length: number, into: Uint8Array | undefined, to: number): void => {
    let at = to;
    let left = length;
    while (left > 0) {
      if ((rows.headAt[queue] ?? 0) === CHUNK_BYTES) advance(queue);
      const place = rows.headAt[queue] ?? 0;
      const part = Math.min(left, CHUNK_BYTES - place);
      if (into !== undefined) {
        copyBytes(chunks.bytes(rows.head[queue] ?? NO_CHUNK), place, part, into, at);
      }
      rows.headAt[queue] = padded(place + part);
      at += part;
      left -= part;
    }
  };
  // The place of the first packet's header; past the end of a chunk that had no room for it.
  const seekHeader = (queue: number): number => {
    if ((rows.headAt[queue] ?? 0) > CHUNK_BYTES - HEADER_BYTES) advance(queue);
    return rows.headAt[queue] ?? 0;
  };
  const release = (queue: number): void => {
    while ((rows.head[queue] ?? NO_CHUNK) !== NO_CHUNK) advance(queue);
    rows.tail[queue] = NO_CHUNK;
    rows.count[queue] = 0;
    rows.bytes[queue] = 0;
  };
  const remove = (queue: number, into: Uint8Array | undefined, at: number): number => {
    const place = seekHeader(queue);
    const length = readU32(chunks.bytes(rows.head[queue] ?? NO_CHUNK), place);
    rows.headAt[queue] = place + HEADER_BYTES;
    take(queue, length, into, at);
    packets -= 1;
    rows.bytes[queue] = (rows.bytes[queue] ?? 0) - length;
    rows.count[queue] = (rows.count[queue] ?? 0) - 1;
    if (rows.count[queue] === 0) release(queue);
    if (packets === 0) chunks.trim();
    return length;
  };

  return {
    push(queue, buffer, at, length, nowMs) {
      const noRoom = (rows.tailAt[queue] ?? 0) > CHUNK_BYTES - HEADER_BYTES;
      if (rows.tail[queue] === NO_CHUNK || noRoom) extend(queue);
      const chunk = chunks.bytes(rows.tail[queue] ?? NO_CHUNK);
      const place = rows.tailAt[queue] ?? 0;
      writeU32(chunk, place, length);
      writeU32(chunk, place + 4, Math.floor(nowMs) % 0x1_0000_0000);
      rows.tailAt[queue] = place + HEADER_BYTES;
      append(queue, buffer, at, length);
      packets += 1;
      rows.count[queue] = (rows.count[queue] ?? 0) + 1;
      rows.bytes[queue] = (rows.bytes[queue] ?? 0) + length;
    },
    count: (queue) => rows.count[queue] ?? 0,
    bytes: (queue) => rows.bytes[queue] ?? 0,
    firstBytes: (queue) => {
      const place = seekHeader(queue);
      return readU32(chunks.bytes(rows.head[queue] ?? NO_CHUNK), place);
    },
    firstAgeMs(queue, nowMs) {
      const place = seekHeader(queue);
      const sinceMs = readU32(chunks.bytes(rows.head[queue] ?? NO_CHUNK), place + 4);
      return (Math.floor(nowMs) - sinceMs) % 0x1_0000_0000;
    },
    shift: (queue, into, at) => remove(queue, into, at),
    drop: (queue) => void remove(queue, undefined, 0),
    clear() {
      packets = 0;
      for (let queue = 0; queue < queues; queue++) release(queue);
      chunks.trim();
    },
  };
}
