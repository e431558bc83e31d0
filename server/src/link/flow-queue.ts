// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Packets that wait for room on the path, fairly: each flow has a queue of its own (flows that hash
 * alike share one), and they take turns by deficit round robin, so that a flow that sends much
 * delays only itself. Bounded in bytes, in packets and in time: what a quiet flow sends into a full
 * queue costs the longest flow its oldest packets. Invariant: a queue is in the circle exactly when
 * it holds a packet.
 */
import {
  FLOW_QUANTUM_BYTES,
  FLOW_QUEUES,
  QUEUE_BYTES,
  QUEUE_MS,
  QUEUE_PACKETS,
} from "./constants.js";
import { createPacketFifos } from "./packet-fifo.js";

/** Packets dropped while they waited: sums since the start. */
export interface QueueCounters {
  /** No room: the longest flow's. */
  readonly overflowed: number;
  /** They had waited too long. */
  readonly expired: number;
}

/** Waiting packets. */
export interface FlowQueue {
  /**
   * Appends a copy to the queue of `flow`. False when this packet itself is the one that finds no
   * room; true also when others had to make room.
   */
  push(flow: number, buffer: Uint8Array, at: number, length: number, nowMs: number): boolean;
  /** Length of the packet that is next; -1 when there is none. Drops those that waited too long. */
  next(nowMs: number): number;
  /** Takes the packet of which `next` has just told, to `at` in `into`. */
  shift(into: Uint8Array, at: number): void;
  packets(): number;
  bytes(): number;
  /** Bytes that wait in the queue of this flow, of those that share it too. */
  bytesOf(flow: number): number;
  /** Drops all, uncounted. Gives how many there were. */
  clear(): number;
  readonly counters: QueueCounters;
}

/** What a packet costs beyond its bytes, so that empty ones are bounded as well. */
const PACKET_COST_BYTES = 8;
const HASH_SHIFT = 32 - Math.log2(FLOW_QUEUES);

/** Nothing waits. `salt`: what flows are hashed with, so that nobody can choose his neighbours. */
export function createFlowQueue(salt: number): FlowQueue {
  const fifos = createPacketFifos(FLOW_QUEUES);
  const deficits = new Int32Array(FLOW_QUEUES);
  const after = new Int32Array(FLOW_QUEUES);
  const before = new Int32Array(FLOW_QUEUES);
  const counters = { overflowed: 0, expired: 0 };
  const state = { current: -1, fresh: true, packets: 0, bytes: 0 };

  const queueOf = (flow: number): number =>
    Math.imul((flow ^ salt) >>> 0, 0x9e3779b1) >>> HASH_SHIFT;

  // New queues come last in the circle: just before the current one.
  const enter = (queue: number): void => {
    deficits[queue] = 0;
    if (state.current < 0) {
      after[queue] = queue;
      before[queue] = queue;
      state.current = queue;
      state.fresh = true;
      return;
    }
    const last = before[state.current] ?? 0;
    after[last] = queue;
    before[queue] = last;
    after[queue] = state.current;
    before[state.current] = queue;
  };
  const leave = (queue: number): void => {
    const following = after[queue] ?? 0;
    if (following === queue) {
      state.current = -1;
      return;
    }
    after[before[queue] ?? 0] = following;
    before[following] = before[queue] ?? 0;
    if (state.current !== queue) return;
    state.current = following;
    state.fresh = true;
  };
  const account = (queue: number, bytes: number): void => {
    state.packets -= 1;
    state.bytes -= bytes + PACKET_COST_BYTES;
    if (fifos.count(queue) === 0) leave(queue);
  };
  const drop = (queue: number): void => {
    const bytes = fifos.firstBytes(queue);
    fifos.drop(queue);
    account(queue, bytes);
  };
  const longest = (): number => {
    let chosen = 0;
    for (let queue = 1; queue < FLOW_QUEUES; queue++) {
      if (weight(queue) > weight(chosen)) chosen = queue;
    }
    return chosen;
  };
  const weight = (queue: number): number =>
    fifos.bytes(queue) + PACKET_COST_BYTES * fifos.count(queue);
  const full = (length: number): boolean =>
    state.packets >= QUEUE_PACKETS || state.bytes + length + PACKET_COST_BYTES > QUEUE_BYTES;
  const dropExpired = (queue: number, nowMs: number): void => {
    while (fifos.count(queue) > 0 && fifos.firstAgeMs(queue, nowMs) > QUEUE_MS) {
      counters.expired += 1;
      drop(queue);
    }
  };

  return {
    push(flow, buffer, at, length, nowMs) {
      const queue = queueOf(flow);
      while (full(length)) {
        const victim = longest();
        counters.overflowed += 1;
        // Others make room for a flow that has much less waiting than they have. Among equals the
        // newcomer stays outside, so that whoever sends learns that there is no room.
        if (weight(victim) <= 2 * (weight(queue) + length + PACKET_COST_BYTES)) return false;
        drop(victim);
      }
      fifos.push(queue, buffer, at, length, nowMs);
      state.packets += 1;
      state.bytes += length + PACKET_COST_BYTES;
      if (fifos.count(queue) === 1) enter(queue);
      return true;
    },
    next(nowMs) {
      while (state.current >= 0) {
        const queue = state.current;
        dropExpired(queue, nowMs);
        if (state.current !== queue || fifos.count(queue) === 0) continue;
        if (state.fresh) {
          deficits[queue] = (deficits[queue] ?? 0) + FLOW_QUANTUM_BYTES;
          state.fresh = false;
        }
        const length = fifos.firstBytes(queue);
        if (length + PACKET_COST_BYTES <= (deficits[queue] ?? 0)) return length;
        state.current = after[queue] ?? queue;
        state.fresh = true;
      }
      return -1;
    },
    shift(into, at) {
      const queue = state.current;
      const length = fifos.shift(queue, into, at);
      deficits[queue] = (deficits[queue] ?? 0) - length - PACKET_COST_BYTES;
      account(queue, length);
    },
    bytesOf: (flow) => weight(queueOf(flow)),
    packets() {
      return state.packets;
    },
    bytes() {
      return state.bytes;
    },
    clear() {
      const dropped = state.packets;
      fifos.clear();
      state.current = -1;
      state.packets = 0;
      state.bytes = 0;
      return dropped;
    },
    counters,
  };
}
