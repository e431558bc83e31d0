// SPDX-License-Identifier: GPL-3.0-or-later

// The two ends of a transport in memory: its inbox, filled by the others and emptied when the turn
// ends, and its outbox, which fills theirs.

import type { Clock, Turns } from "../core/index.js";
import { createMemoryQueue } from "./memory-queue.js";
import type { Transport, TransportAddress, TransportCounters, TransportSink } from "./transport.js";

/** The largest datagram: as large as UDP's over IPv4, so that nothing comes to need larger ones. */
export const MEMORY_LARGEST_BYTES = 65_507;

/** What the transports of one process meet in. */
export interface MemoryMedium {
  readonly clock: Clock;
  readonly turns: Turns;
  /** What each open transport takes datagrams with, by its address. */
  readonly inboxes: Map<string, MemoryInbox>;
}

/** How one transport takes what others send. */
export interface MemoryInbox {
  /** Queues a copy of one datagram; false, and it is lost, when there is no room for it. */
  take(from: string, buffer: Uint8Array, at: number, length: number): boolean;
  /** Whether there is room for one more of any size. */
  readonly hasRoom: boolean;
}

/** The counters of a transport while they count. */
export type Counters = { -readonly [Name in keyof TransportCounters]: number };

/** All at nothing. */
export function createCounters(): Counters {
  return {
    datagramsSent: 0,
    bytesSent: 0,
    datagramsReceived: 0,
    bytesReceived: 0,
    droppedQueueFull: 0,
    droppedTooLarge: 0,
    droppedNoRoute: 0,
  };
}

/** Gathers what comes in and hands it over at the end of the turn. */
export function createInbox(options: {
  readonly medium: MemoryMedium;
  readonly sink: TransportSink;
  readonly counters: Counters;
  readonly receiveBufferBytes: number;
  readonly addressOf: (text: string) => TransportAddress | undefined;
}): MemoryInbox & { close(): void } {
  const { medium, sink, counters, receiveBufferBytes, addressOf } = options;
  const queue = createMemoryQueue(receiveBufferBytes);
  let open = true;
  let waiting = false;
  let nowMs = 0;
  const deliver = (from: string, buffer: Uint8Array, at: number, length: number): void => {
    counters.datagramsReceived += 1;
    counters.bytesReceived += length;
    const address = addressOf(from);
    if (address !== undefined) sink.received(buffer, at, length, address, nowMs);
  };
  const endTurn = (): void => {
    waiting = false;
    if (!open) return;
    nowMs = medium.clock.monotonicMs();
    queue.drain(deliver);
    if (open) sink.receivedAll(nowMs);
  };
  return {
    take(from, buffer, at, length) {
      if (!queue.push(from, buffer, at, length)) return false;
      if (!waiting) medium.turns.atEnd(endTurn);
      waiting = true;
      return true;
    },
    get hasRoom() {
      return queue.bytes + MEMORY_LARGEST_BYTES <= receiveBufferBytes;
    },
    close() {
      open = false;
      queue.clear();
    },
  };
}

/** Cuts what is to be sent into datagrams, and tells afterwards what became of them. */
export function createOutbox(options: {
  readonly medium: MemoryMedium;
  readonly sink: TransportSink;
  readonly counters: Counters;
  readonly text: string;
}): { readonly send: Transport["send"]; close(): void } {
  const { medium, sink, counters, text } = options;
  const nobody = createNobody(medium, sink);
  let open = true;
  let full = false;
  // Asked for after the inbox that is full asked for its delivery, so there is room by then.
  const tellWritable = (): void => {
    full = false;
    if (open) sink.writable(medium.clock.monotonicMs());
  };
  const sendOne = (
    inbox: MemoryInbox | undefined,
    buffer: Uint8Array,
    at: number,
    length: number,
  ): void => {
    if (length > MEMORY_LARGEST_BYTES) {
      counters.droppedTooLarge += 1;
    } else if (inbox !== undefined && !inbox.take(text, buffer, at, length)) {
      counters.droppedQueueFull += 1;
    } else {
      counters.datagramsSent += 1;
      counters.bytesSent += length;
    }
  };
  return {
    send(to, buffer, at, length, segmentBytes) {
      if (!(segmentBytes > 0) && length > 0) {
        throw new RangeError(`segmentBytes: expected 1 or more, got ${segmentBytes}`);
      }
      if (!open) return true;
      const inbox = medium.inboxes.get(to.text);
      const end = at + length;
      for (let next = at; next < end; next += segmentBytes) {
        sendOne(inbox, buffer, next, Math.min(segmentBytes, end - next));
      }
      if (inbox === undefined) nobody.was(to);
      if (inbox === undefined || inbox.hasRoom) return true;
      if (!full) medium.turns.atEnd(tellWritable);
      full = true;
      return false;
    },
    close() {
      open = false;
      nobody.close();
    },
  };
}

/** Tells at the end of the turn which addresses nobody has, each once. */
function createNobody(
  { clock, turns }: MemoryMedium,
  sink: TransportSink,
): { was(to: TransportAddress): void; close(): void } {
  const addresses = new Set<TransportAddress>();
  let open = true;
  const tell = (): void => {
    const nowMs = clock.monotonicMs();
    const told = [...addresses];
    addresses.clear();
    for (const to of told) if (open) sink.unreachable(to, nowMs);
  };
  return {
    was(to) {
      if (addresses.size === 0) turns.atEnd(tell);
      addresses.add(to);
    },
    close() {
      open = false;
    },
  };
}
