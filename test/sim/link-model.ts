// SPDX-License-Identifier: GPL-3.0-or-later

// What one direction between two addresses does to datagrams. Every kind of impairment draws from
// a random source of its own, so that switching one on leaves what the others do as it was.

import type { SeededRandom } from "../support/seeded-random.js";

/** Losses in bursts (Gilbert and Elliott): a good and a bad state. */
export interface Bursts {
  /** The chance that a datagram turns good into bad. */
  readonly enter: number;
  /** The chance that a datagram turns bad into good: bursts last 1 / leave datagrams on average. */
  readonly leave: number;
  /** The chance of loss in the bad state. */
  readonly loss: number;
}

/** One direction between two addresses. Chances are from 0 to 1. */
export interface LinkOptions {
  /** Time on the way. */
  readonly latencyMs: number;
  /** More time on the way, up to this, evenly; it does not change the order. */
  readonly jitterMs: number;
  /** The chance of loss, each datagram by itself. */
  readonly loss: number;
  readonly bursts: Bursts | undefined;
  /** The chance that a datagram arrives twice. */
  readonly duplicate: number;
  /** The chance that a datagram is held up, so that later ones overtake it. */
  readonly reorder: number;
  /** How long it is held up at most, evenly. */
  readonly reorderMs: number;
  /** Bytes of the largest datagram: what is larger is lost without a word. */
  readonly mtuBytes: number;
  /** How fast it carries; Infinity for at once. */
  readonly bytesPerSecond: number;
  /** Bytes that wait for their turn; what does not fit is lost. */
  readonly queueBytes: number;
  /** Nothing passes. */
  readonly cut: boolean;
  /** Whether a sender is told that nobody listens at an address (ICMP). */
  readonly icmp: boolean;
}

/** Carries everything after 1 ms. */
export const CLEAN_LINK: LinkOptions = {
  latencyMs: 1,
  jitterMs: 0,
  loss: 0,
  bursts: undefined,
  duplicate: 0,
  reorder: 0,
  reorderMs: 10,
  mtuBytes: 65_507,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  queueBytes: 256 * 1024,
  cut: false,
  icmp: false,
};

/** Why a link lost a datagram. */
export type LinkLoss = "cut" | "mtu" | "burst" | "lost" | "queue";

/** One direction, with what it remembers. */
export interface LinkModel {
  /** Can be changed at any time. */
  options: LinkOptions;
  /** Takes a datagram: when it arrives, once or twice, or why it does not. */
  carry(length: number, nowMs: number): LinkLoss | readonly number[];
}

/** A link that has carried nothing yet; `random` gives the source for a purpose. */
export function createLinkModel(
  options: LinkOptions,
  random: (purpose: string) => SeededRandom,
): LinkModel {
  const losses = random("loss");
  const bursts = random("bursts");
  const jitter = random("jitter");
  const duplicates = random("duplicate");
  const order = random("reorder");
  let bad = false;
  let freeAtMs = 0;
  let lastArrivalMs = 0;

  const isLostInBurst = ({ enter, leave, loss }: Bursts): boolean => {
    bad = bad ? !happens(bursts, leave) : happens(bursts, enter);
    return bad && happens(bursts, loss);
  };
  /** When the last byte has left; undefined when the queue is full. */
  const departure = (length: number, nowMs: number): number | undefined => {
    const { bytesPerSecond, queueBytes } = model.options;
    if (bytesPerSecond === Number.POSITIVE_INFINITY) return nowMs;
    const startMs = Math.max(freeAtMs, nowMs);
    const waitingBytes = ((startMs - nowMs) * bytesPerSecond) / 1_000;
    if (waitingBytes + length > queueBytes) return undefined;
    freeAtMs = startMs + (length * 1_000) / bytesPerSecond;
    return freeAtMs;
  };
  const arrival = (leavesMs: number): number => {
    const { latencyMs, jitterMs, reorder, reorderMs } = model.options;
    const arrivesMs = leavesMs + latencyMs + (jitterMs > 0 ? share(jitter) * jitterMs : 0);
    if (happens(order, reorder)) return arrivesMs + share(order) * reorderMs;
    lastArrivalMs = Math.max(lastArrivalMs, arrivesMs);
    return lastArrivalMs;
  };
  const model: LinkModel = {
    options,
    carry(length, nowMs) {
      const { cut, mtuBytes, bursts: burstOptions, loss, duplicate } = model.options;
      if (cut) return "cut";
      if (length > mtuBytes) return "mtu";
      const leavesMs = departure(length, nowMs);
      if (leavesMs === undefined) return "queue";
      if (burstOptions !== undefined && isLostInBurst(burstOptions)) return "burst";
      if (happens(losses, loss)) return "lost";
      const first = arrival(leavesMs);
      return happens(duplicates, duplicate) ? [first, arrival(leavesMs)] : [first];
    },
  };
  return model;
}

/** A number from 0 to below 1. */
function share(random: SeededRandom): number {
  return random.u32() / 0x1_0000_0000;
}

/** Whether something of this chance happens; draws nothing when it cannot. */
function happens(random: SeededRandom, chance: number): boolean {
  return chance > 0 && share(random) < chance;
}
