// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Packets on their way out: straight into a datagram while there is room on the path, into the fair
 * queue otherwise; cut into fragments where they do not fit into one datagram. Invariant: while
 * anything waits, nothing overtakes it but by its flow's turn.
 */
import type { Random } from "../core/index.js";
import type { BatchPool } from "./batch-pool.js";
import { MAX_PACKET_BYTES } from "./constants.js";
import { copyBytes } from "./copy-bytes.js";
import type { DatagramWriter } from "./datagram-writer.js";
import type { Delivery } from "./delivery.js";
import { createFlowQueue, type FlowQueue } from "./flow-queue.js";
import { createFragmentFields, fragmentBytes, writeFragment } from "./frames/fragment-frame.js";
import { packetFrameBytes, writePacket, writePacketHeader } from "./frames/packet-frame.js";
import type { Moment } from "./moment.js";
import type { Paths } from "./paths.js";
import type { WaitingClock } from "./waiting-clock.js";

/** The sending half of packets. */
export interface PacketSender {
  /** Takes a copy; false when it is dropped for want of room. 0 to 69,632 bytes. */
  send(buffer: Uint8Array, at: number, length: number, flow: number): boolean;
  /** Sends what waits, as far as there is room on the path. */
  pump(): void;
  /** Whether nothing waits. */
  idle(): boolean;
  /** Bytes and packets that wait. */
  bytes(): number;
  packets(): number;
  /** Drops what waits; gives how many packets. */
  clear(): number;
  readonly queue: FlowQueue;
  /** Packets handed to datagrams, whole or in fragments, since the start. */
  sent(): number;
}

/** What a sender of packets needs. */
export interface PacketSenderOptions {
  readonly writer: DatagramWriter;
  readonly paths: Paths;
  readonly delivery: Delivery;
  readonly pool: BatchPool;
  readonly random: Random;
  readonly moment: Moment;
  /** The time by which what waits grows old. */
  readonly waiting: WaitingClock;
}

/** Room below which a fragment is not worth its header, in bytes. */
const LEAST_FRAGMENT_BYTES = 128;

/** Nothing to send. */
export function createPacketSender(options: PacketSenderOptions): PacketSender {
  const { writer, paths, delivery, pool, random, moment, waiting } = options;
  const queue = createFlowQueue(random.u32());
  const fragment = createFragmentFields();
  let staged: Uint8Array | undefined;
  // A packet of which some fragments have left waits in `staged` from `done` on.
  const state = { id: random.u32(), stagedId: 0, done: 0, total: 0, sent: 0 };

  const mayWrite = (): boolean => {
    const used = paths.used;
    return used?.flight.open() === true && !writer.machineFull() && !delivery.full();
  };
  const newId = (): number => {
    state.id = (state.id + 1) >>> 0;
    return state.id;
  };
  // Cuts the bytes from `offset` on; gives the offset it came to.
  const cut = (buffer: Uint8Array, at: number, id: number, from: number, total: number): number => {
    let offset = from;
    while (offset < total && mayWrite()) {
      if (!writer.reserve(Math.min(LEAST_FRAGMENT_BYTES, total - offset + 16))) break;
      fragment.id = id;
      fragment.offset = offset;
      fragment.total = total;
      fragment.at = at + offset;
      fragment.length = fragmentBytes(writer.room(), offset, total);
      if (fragment.length === 0) break;
      writer.wrote(writeFragment(writer.buffer(), writer.at(), fragment, buffer), true);
      offset += fragment.length;
    }
    return offset;
  };
  const cutStaged = (): void => {
    if (staged === undefined) return;
    state.done = cut(staged, 0, state.stagedId, state.done, state.total);
    if (state.done < state.total) return;
    pool.give(staged);
    staged = undefined;
    state.sent += 1;
  };
  const cutDirectly = (buffer: Uint8Array, at: number, length: number): void => {
    const id = newId();
    const done = cut(buffer, at, id, 0, length);
    if (done === length) {
      state.sent += 1;
      return;
    }
    staged = pool.take();
    copyBytes(buffer, at + done, length - done, staged, done);
    state.stagedId = id;
    state.done = done;
    state.total = length;
  };
  // The next packet of the queue, into a datagram or, where it has to be cut, into `staged`.
  const sendNext = (length: number): boolean => {
    const frame = packetFrameBytes(length);
    if (frame <= writer.capacity()) {
      if (!writer.reserve(frame)) return false;
      const place = writePacketHeader(writer.buffer(), writer.at(), length);
      queue.shift(writer.buffer(), place);
      writer.wrote(place + length, true);
      state.sent += 1;
      return true;
    }
    staged = pool.take();
    queue.shift(staged, 0);
    state.stagedId = newId();
    state.done = 0;
    state.total = length;
    return true;
  };

  return {
    send(buffer, at, length, flow) {
      if (length > MAX_PACKET_BYTES) return false;
      if (queue.packets() > 0 || staged !== undefined || !mayWrite()) {
        return queue.push(flow, buffer, at, length, waiting.at(moment.nowMs));
      }
      const frame = packetFrameBytes(length);
      if (frame <= writer.room() || (frame <= writer.capacity() && writer.reserve(frame))) {
        writer.wrote(writePacket(writer.buffer(), writer.at(), buffer, at, length), true);
        state.sent += 1;
        return true;
      }
      if (writer.capacity() === 0 || !writer.reserve(0)) {
        return queue.push(flow, buffer, at, length, waiting.at(moment.nowMs));
      }
      cutDirectly(buffer, at, length);
      return true;
    },
    pump() {
      while (mayWrite()) {
        if (staged !== undefined) {
          cutStaged();
          if (staged !== undefined) return;
          continue;
        }
        const length = queue.next(waiting.at(moment.nowMs));
        if (length < 0 || !sendNext(length)) return;
      }
    },
    idle() {
      return staged === undefined && queue.packets() === 0;
    },
    bytes() {
      return queue.bytes() + (staged === undefined ? 0 : state.total - state.done);
    },
    packets() {
      return queue.packets() + (staged === undefined ? 0 : 1);
    },
    clear() {
      const dropped = queue.clear() + (staged === undefined ? 0 : 1);
      if (staged !== undefined) pool.give(staged);
      staged = undefined;
      return dropped;
    },
    queue,
    sent() {
      return state.sent;
    },
  };
}
