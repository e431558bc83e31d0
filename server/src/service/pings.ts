// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Round trips: pings from a node that is open as long as they last. One ping is under way at a
 * time, so that none waits behind another. Guards that what comes back late, twice or from somebody
 * else is no answer.
 */
import { type Address, type Node, NodeError } from "@inet256/client";
import type { Random } from "../core/index.js";
import { PING_MAGIC } from "../node/index.js";
import { pause, type TimingOptions, within } from "./timing.js";

/** How to ping. */
export interface PingOptions {
  readonly count: number;
  /** Bytes of each ping, SMALLEST_PING_BYTES to 65,535. */
  readonly sizeBytes: number;
  /** Milliseconds from one ping to the next, unless an answer takes longer. */
  readonly intervalMs: number;
  /** Milliseconds until a ping is given up. */
  readonly timeoutMs: number;
}

/** What became of a ping. */
export interface PingResult {
  /** Which one, from 1. */
  readonly number: number;
  /** Undefined: there was no answer in time. */
  readonly rttMicros: number | undefined;
}

/** What pinging needs. */
export interface PingMachine extends TimingOptions {
  readonly random: Random;
}

const RUN_BYTES = 16;
const NUMBER_BYTES = 4;
/** The mark of a ping, 16 random bytes and its number. */
export const SMALLEST_PING_BYTES = PING_MAGIC.length + RUN_BYTES + NUMBER_BYTES;

/**
 * Pings an address that the network knows, and tells of each ping when it was answered or given up.
 * Throws the signal's reason, and NodeError when the node is over.
 */
export async function* pings(
  node: Node,
  to: Address,
  options: PingOptions,
  machine: PingMachine,
  signal: AbortSignal,
): AsyncGenerator<PingResult, void, undefined> {
  const { count, intervalMs, timeoutMs } = options;
  const message = pingMessage(machine.random, options.sizeBytes);
  for (let number = 1; number <= count; number++) {
    const startMs = machine.clock.monotonicMs();
    message.writeUInt32LE(number, SMALLEST_PING_BYTES - NUMBER_BYTES);
    const answered = await within(machine, timeoutMs, signal, (limit) =>
      roundTrip(node, to, message, limit),
    );
    const endMs = machine.clock.monotonicMs();
    yield { number, rttMicros: answered === true ? (endMs - startMs) * 1000 : undefined };
    const restMs = startMs + intervalMs - machine.clock.monotonicMs();
    if (number < count && restMs > 0) await pause(machine, restMs, signal);
  }
}

function pingMessage(random: Random, sizeBytes: number): Buffer {
  const message = Buffer.alloc(sizeBytes);
  message.set(PING_MAGIC);
  random.fill(message.subarray(PING_MAGIC.length, PING_MAGIC.length + RUN_BYTES));
  return message;
}

/** Resolves with whether it came back; a way that is lost meanwhile is a ping that is lost. */
async function roundTrip(
  node: Node,
  to: Address,
  message: Uint8Array,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await node.send(to, message, { signal });
  } catch (error) {
    const gone = error instanceof NodeError && LOST.has(error.reason);
    if (gone) return false;
    throw error;
  }
  for (;;) {
    const { source, payload } = await node.receive({ signal });
    if (source.equals(to) && Buffer.compare(payload, message) === 0) return true;
  }
}

const LOST: ReadonlySet<string> = new Set(["NO_SUCH_ADDRESS", "UNREACHABLE"]);
