// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What goes out: messages are sealed and sent at once, or wait inside their bounds for a route, a
 * session or room. Invariants: a message is sealed once and leaves its queue by that; a sealed one
 * that the network did not take goes out as it is or not at all (O1); while anything waits, nothing
 * overtakes it; no lookup is started but for messages of our own (M1).
 */
import { createDatagramRing, type TakeDatagram } from "../core/index.js";
import { HEADROOM_BYTES, type Network } from "../network/index.js";
import {
  ASKING_MS,
  CROWDED_BYTES,
  KIND,
  MAX_MESSAGE_BYTES,
  MESSAGE_1,
  RELIEVED_BYTES,
  type SessionLimits,
} from "./constants.js";
import type { SessionCounters } from "./counters.js";
import type { EarlyStore } from "./early-store.js";
import { hasSession, isWaiting, type Member, type Pair, waitingCount } from "./pair.js";
import type { Relief } from "./relief.js";
import type { SendOutcome } from "./sessions.js";
import type { WaitingList } from "./waiting-list.js";

/** What it needs. */
export interface OutgoingOptions {
  readonly network: Network;
  readonly limits: SessionLimits;
  readonly counters: SessionCounters;
  readonly waits: WaitingList;
  readonly early: EarlyStore;
  readonly relief: Relief;
  /** Gives the pair its channel. */
  readonly open: (pair: Pair) => NonNullable<Pair["channel"]>;
}

/** What goes out. */
export interface Outgoing {
  /** Sends a message of at most MAX_MESSAGE_BYTES, or lets it wait; never "displaced". */
  message(pair: Pair, buffer: Uint8Array, start: number, end: number, nowMs: number): SendOutcome;
  /** Something may have changed: asks for a route, wants a session, sends what waits. */
  goOn(pair: Pair, nowMs: number): void;
  /** Sends what waits, as far as that is possible now. */
  flush(pair: Pair, nowMs: number): void;
  /** A datagram of the pair's channel: of a handshake, or one that keeps the session alive. */
  transmit(pair: Pair, datagram: Uint8Array, nowMs: number): void;
  /** A datagram that answers a stranger. */
  reply(member: Member, to: Uint8Array, datagram: Uint8Array, nowMs: number): void;
  /** Tells the peer that the session ends, if it can be told now. */
  close(pair: Pair, reason: number, nowMs: number): void;
  /** Forgets what waits; how many messages that were. */
  forget(pair: Pair, nowMs: number): number;
}

/** What a session adds before its plaintext, and after it. */
const SEAL_HEADER_BYTES = 16;
const SEAL_TAG_BYTES = 16;
/** Where the plaintext stands in the scratch buffer: its kind, then its bytes. */
const PLAINTEXT_AT = HEADROOM_BYTES + SEAL_HEADER_BYTES;
/** Up to so many bytes a loop is faster than a view and the engine's own copy. */
const SHORT_BYTES = 64;

/** Sends through this network. */
export function createOutgoing(options: OutgoingOptions): Outgoing {
  const { network, limits, counters, waits, early, relief, open } = options;
  // One for all: a packet is sent, or copied, before the next one is made.
  const scratch = new Uint8Array(PLAINTEXT_AT + 1 + MAX_MESSAGE_BYTES + SEAL_TAG_BYTES);
  let draining: Pair | undefined;
  let drainingMs = 0;

  /** Seals the `length` bytes of plaintext in place: the bytes of the datagram, 0 without a session. */
  const seal = (pair: Pair, length: number, nowMs: number): number =>
    pair.channel?.seal(scratch, HEADROOM_BYTES, length, nowMs) ?? 0;
  const sendSealed = ({ member, remote }: Pair, bytes: number, nowMs: number): boolean =>
    network.offer(member.address, remote, scratch, HEADROOM_BYTES, bytes, nowMs);

  function sendMessage(
    pair: Pair,
    buffer: Uint8Array,
    start: number,
    end: number,
    nowMs: number,
  ): boolean {
    if (pair.channel === undefined) return false;
    const length = end - start;
    const at = PLAINTEXT_AT + 1;
    scratch[PLAINTEXT_AT] = KIND.message;
    if (length > SHORT_BYTES) scratch.set(buffer.subarray(start, end), at);
    else for (let i = 0; i < length; i++) scratch[at + i] = buffer[start + i] ?? 0;
    const bytes = seal(pair, length + 1, nowMs);
    if (bytes === 0) return false;
    pair.sentMs = nowMs;
    counters.sent += 1;
    if (pair.early !== undefined) early.keep(pair, scratch, HEADROOM_BYTES, bytes);
    if (sendSealed(pair, bytes, nowMs)) return true;
    pair.held = scratch.slice(HEADROOM_BYTES, HEADROOM_BYTES + bytes);
    pair.full = network.reach(pair.remote, 0) === "ready";
    waits.add(pair, nowMs);
    return true;
  }
  const take: TakeDatagram = (_addresses, _addressAt, buffer, start, end) => {
    const pair = draining;
    if (pair === undefined || pair.held !== undefined) return false;
    return sendMessage(pair, buffer, start, end, drainingMs);
  };

  // ---- what waits ----

  function wait(
    pair: Pair,
    buffer: Uint8Array,
    start: number,
    end: number,
    nowMs: number,
  ): SendOutcome {
    const ring = pair.waiting ?? createDatagramRing(limits.pairBytes, pair.member.budget);
    counters.waited += 1;
    counters.lostWaiting += ring.push(pair.remote, 0, buffer, start, end);
    if (ring.length() === 0) return "accepted"; // lost, and counted: there is no room for it
    pair.waiting = ring;
    waits.add(pair, nowMs);
    // When there is no room, the network says when there is.
    if (!pair.full) goOn(pair, nowMs);
    return crowding(pair);
  }
  /** Whether whoever sends there should wait, now that something more waits. */
  function crowding(pair: Pair): SendOutcome {
    if ((pair.waiting?.bytes() ?? 0) < CROWDED_BYTES) return "accepted";
    if (!pair.crowded) counters.crowded += 1;
    pair.crowded = true;
    return "crowded";
  }
  function relieve(pair: Pair, nowMs: number): void {
    if (!pair.crowded || (pair.waiting?.bytes() ?? 0) > RELIEVED_BYTES) return;
    pair.crowded = false;
    relief.tell(pair.member.address, nowMs);
  }
  function sendHeld(pair: Pair, nowMs: number): boolean {
    const { held } = pair;
    if (held === undefined) return true;
    scratch.set(held, HEADROOM_BYTES);
    if (!sendSealed(pair, held.length, nowMs)) {
      pair.full = network.reach(pair.remote, 0) === "ready";
      return false;
    }
    pair.held = undefined;
    pair.full = false;
    waits.progressed(pair, nowMs);
    return true;
  }
  function drain(pair: Pair, nowMs: number): void {
    const { waiting } = pair;
    if (waiting === undefined || pair.channel === undefined) return;
    const before = waiting.length();
    draining = pair;
    drainingMs = nowMs;
    waiting.drain(take);
    draining = undefined;
    if (waiting.length() < before) waits.progressed(pair, nowMs);
    if (waiting.length() === 0) pair.waiting = undefined;
  }
  function flush(pair: Pair, nowMs: number): void {
    if (draining !== undefined || !isWaiting(pair)) return;
    if (!sendHeld(pair, nowMs)) return;
    drain(pair, nowMs);
    if (pair.held !== undefined && !pair.full) goOn(pair, nowMs);
    relieve(pair, nowMs);
    if (isWaiting(pair)) return;
    waits.remove(pair);
    // It need not be kept up for us; it lives as long as it is used (S11).
    if (hasSession(pair)) pair.channel?.rest();
  }
  function goOn(pair: Pair, nowMs: number): void {
    const reach = network.reach(pair.remote, 0);
    if (reach !== "ready") {
      if (reach === "unresolved") network.resolve(pair.remote, nowMs);
      return;
    }
    if (!isWaiting(pair)) return;
    if (pair.held === undefined || !hasSession(pair)) open(pair).connect(nowMs);
    flush(pair, nowMs);
  }

  // ---- what channels send by themselves ----

  /** Sends a datagram that is no message of ours, if there is a way. No lookup for it. */
  function put(
    member: Member,
    to: Uint8Array,
    introduce: boolean,
    datagram: Uint8Array,
    nowMs: number,
  ): boolean {
    if (network.reach(to, 0) !== "ready") {
      counters.droppedNoRoute += 1;
      return false;
    }
    const { length } = datagram;
    scratch.set(datagram, HEADROOM_BYTES);
    if (!network.send(member.address, to, introduce, scratch, HEADROOM_BYTES, length, nowMs)) {
      counters.droppedNoRoom += 1;
    }
    return true;
  }

  return {
    message(pair, buffer, start, end, nowMs) {
      if (!isWaiting(pair) && sendMessage(pair, buffer, start, end, nowMs)) {
        if (pair.held !== undefined && !pair.full) goOn(pair, nowMs);
        return "accepted";
      }
      const refused = nowMs < pair.refusedUntilMs;
      if (!hasSession(pair) && (refused || network.reach(pair.remote, 0) === "unknown")) {
        counters.unknown += 1;
        return "unknown";
      }
      return wait(pair, buffer, start, end, nowMs);
    },
    goOn,
    flush,
    transmit(pair, datagram, nowMs) {
      const introduce = datagram[0] === MESSAGE_1;
      if (put(pair.member, pair.remote, introduce, datagram, nowMs)) return;
      const ours = isWaiting(pair) || nowMs - pair.sentMs < ASKING_MS;
      if (introduce && ours) network.resolve(pair.remote, nowMs);
    },
    reply: (member, to, datagram, nowMs) => void put(member, to, false, datagram, nowMs),
    close(pair, reason, nowMs) {
      if (pair.channel?.ready() !== true || network.reach(pair.remote, 0) !== "ready") return;
      scratch[PLAINTEXT_AT] = KIND.close;
      scratch[PLAINTEXT_AT + 1] = reason;
      const bytes = seal(pair, 2, nowMs);
      const { member, remote } = pair;
      if (bytes === 0) return;
      if (network.send(member.address, remote, false, scratch, HEADROOM_BYTES, bytes, nowMs)) {
        counters.closesSent += 1;
      }
    },
    forget(pair, nowMs) {
      const count = waitingCount(pair);
      early.take(pair);
      pair.waiting?.wipe();
      pair.waiting = undefined;
      pair.held = undefined;
      pair.full = false;
      waits.remove(pair);
      relieve(pair, nowMs);
      return count;
    },
  };
}
