// SPDX-License-Identifier: GPL-3.0-or-later

// Questions that go to everybody, and the answers on their way back: an echo algorithm. Each router
// passes a question on once, and says no when all it passed it to have said so; a location goes
// back at once. Invariant: each question that was taken is ended once, after FLOOD_MS at the latest.

import { type AddressMap, createAddressMap } from "../../core/index.js";
import { matchesPrefix } from "../../identity/index.js";
import { ADDRESS_BITS } from "../constants.js";
import type { Found } from "../network.js";
import type { RouterEnvironment } from "../router.js";
import { FLOOD_MS, MOST_FLOODS, MOST_HOPS, MOST_REPLIES, OVER_MS } from "./constants.js";
import type { BeaconnetCounters } from "./counters.js";
import { encodeMessage, type Message, type Query } from "./messages.js";
import type { Neighbour, Neighbours } from "./neighbours.js";
import { createPastFloods } from "./past-floods.js";

/** A question that is open here. */
interface Flood {
  /** As it came, or as ours was made. */
  readonly key: string;
  readonly question: Omit<Query, "type" | "number" | "hopsLeft">;
  readonly hopsLeft: number;
  /** Who asked us, and under which number; undefined: it is our own. */
  readonly parent: Neighbour | undefined;
  readonly parentNumber: number;
  /** Our own question's number. */
  readonly query: number;
  /** Under which number it was passed on, and to whom: how many locations each has brought. */
  readonly number: number;
  readonly waiting: Map<number, number>;
  readonly untilMs: number;
}

/** What flooding needs. */
export interface FloodingOptions extends RouterEnvironment {
  readonly neighbours: Neighbours;
  readonly counters: BeaconnetCounters;
}

/** Questions. */
export interface Flooding {
  /** Our own; `sink.resolved` follows. */
  ask(query: number, prefix: Uint8Array, nbits: number, nowMs: number): void;
  cancel(query: number): void;
  /** An address can be reached now: ends what asked for it. */
  found(found: Found, nowMs: number): void;
  /** Passes on the question of a neighbour that we have no answer to. */
  pass(query: Query, from: Neighbour, nowMs: number): void;
  /** Whether it was asked before, by another way. */
  isKnown(query: Query): boolean;
  /**
   * An answer; the location in it, if it is one to a question of our own, and whether it is the first
   * that this neighbour brings for it.
   */
  heardReply(
    reply: Extract<Message, { type: "reply" }>,
    from: Neighbour,
    nowMs: number,
  ): { readonly location: Uint8Array; readonly isFirst: boolean } | undefined;
  /** To be called after that location was looked at. */
  ended(reply: Extract<Message, { type: "reply" }>, from: Neighbour, nowMs: number): void;
  neighbourUp(neighbour: Neighbour, nowMs: number): void;
  neighbourDown(neighbour: Neighbour, nowMs: number): void;
  expire(nowMs: number): void;
  readonly nextMs: number;
}

const NOTHING = new Uint8Array(0);
const FLOOD_BYTES = 8;

/** Nothing is open. */
export function createFlooding(options: FloodingOptions): Flooding {
  const { self, random, sink, neighbours, counters } = options;
  // In the order in which they end.
  const byNumber = new Map<number, Flood>();
  const byKey = new Map<string, Flood>();
  const byQuery = new Map<number, Flood>();
  const exact: AddressMap<Flood> = createAddressMap<Flood>(random);
  const prefixes = new Set<Flood>();
  // A question may come by another way when it is over here.
  const over = createPastFloods();
  let lastNumber = random.u32();

  const send = (message: Message, to: Neighbour, nowMs: number): boolean => {
    if (sink.sendControl(to.id, encodeMessage(message), nowMs)) return true;
    counters.controlNotSent += 1;
    return false;
  };
  /**
   * All of the question: a forwarder that changed something would make the true one, which comes
   * later, a repetition. With few hops left it is another one too, for it may have come to an end.
   */
  const keyOf = (question: Omit<Query, "type" | "number">): string => {
    const { asker, flood, prefix, nbits, hopsLeft } = question;
    const range = hopsLeft > MOST_HOPS / 2 ? "far" : "near";
    return `${range} ${nbits} ${[asker, flood, prefix].map((bytes) => Buffer.from(bytes).toString("hex")).join(" ")}`;
  };
  const open = (flood: Omit<Flood, "number" | "waiting" | "untilMs">, nowMs: number): Flood => {
    do lastNumber = (lastNumber + 1) >>> 0;
    while (byNumber.has(lastNumber));
    const made: Flood = {
      ...flood,
      number: lastNumber,
      waiting: new Map(),
      untilMs: nowMs + FLOOD_MS,
    };
    byNumber.set(made.number, made);
    byKey.set(made.key, made);
    if (made.parent !== undefined) made.parent.floods += 1;
    return made;
  };
  const close = (flood: Flood): boolean => {
    if (!byNumber.delete(flood.number)) return false;
    byKey.delete(flood.key);
    over.add(flood.key, flood.untilMs + OVER_MS);
    if (flood.parent !== undefined) flood.parent.floods -= 1;
    else {
      byQuery.delete(flood.query);
      if (flood.question.nbits === ADDRESS_BITS) exact.delete(flood.question.prefix);
      else prefixes.delete(flood);
    }
    return true;
  };
  const end = (flood: Flood, found: Found | undefined, nowMs: number): void => {
    if (!close(flood)) return;
    const { parent, parentNumber, query } = flood;
    if (parent === undefined) sink.resolved(query, found, nowMs);
    else
      send({ type: "reply", number: parentNumber, last: true, location: NOTHING }, parent, nowMs);
  };
  const passTo = (flood: Flood, to: Neighbour, nowMs: number): void => {
    const { number, hopsLeft, question } = flood;
    if (send({ type: "query", number, hopsLeft, ...question }, to, nowMs)) {
      flood.waiting.set(to.id, 0);
    }
  };
  const passToAll = (flood: Flood, nowMs: number): void => {
    for (const neighbour of neighbours.all()) {
      if (neighbour !== flood.parent) passTo(flood, neighbour, nowMs);
    }
    if (flood.waiting.size === 0) end(flood, undefined, nowMs);
  };
  const heardLast = (flood: Flood, id: number, nowMs: number): void => {
    if (flood.waiting.delete(id) && flood.waiting.size === 0) end(flood, undefined, nowMs);
  };

  return {
    ask(query, prefix, nbits, nowMs) {
      const flood = new Uint8Array(FLOOD_BYTES);
      random.fill(flood);
      const asker = self.address.bytes;
      const own = prefix.slice(0, Math.ceil(nbits / 8));
      const question = { flood, asker, prefix: own, nbits };
      const key = keyOf({ ...question, hopsLeft: MOST_HOPS });
      const made = open(
        { key, question, hopsLeft: MOST_HOPS, parent: undefined, parentNumber: 0, query },
        nowMs,
      );
      byQuery.set(query, made);
      if (nbits === ADDRESS_BITS) exact.set(own, made);
      else prefixes.add(made);
      passToAll(made, nowMs);
    },
    cancel(query) {
      const flood = byQuery.get(query);
      if (flood !== undefined) close(flood);
    },
    found(found, nowMs) {
      const { bytes } = found.address;
      const flood = exact.get(bytes, 0);
      if (flood !== undefined) end(flood, found, nowMs);
      for (const each of [...prefixes]) {
        const { prefix, nbits } = each.question;
        if (matchesPrefix(bytes, prefix, nbits)) end(each, found, nowMs);
      }
    },
    isKnown(query) {
      const key = keyOf(query);
      return byKey.has(key) || over.has(key);
    },
    pass(query, from, nowMs) {
      const { number, hopsLeft, prefix, nbits } = query;
      if (hopsLeft <= 1 || from.floods >= MOST_FLOODS) {
        send({ type: "reply", number, last: true, location: NOTHING }, from, nowMs);
        return;
      }
      counters.queriesPassed += 1;
      const asker = query.asker.slice();
      const flood = query.flood.slice();
      const made = open(
        {
          key: keyOf(query),
          question: { flood, asker, prefix: prefix.slice(), nbits },
          hopsLeft: Math.min(MOST_HOPS, hopsLeft) - 1,
          parent: from,
          parentNumber: number,
          query: 0,
        },
        nowMs,
      );
      passToAll(made, nowMs);
    },
    heardReply({ number, location }, from, nowMs) {
      const flood = byNumber.get(number);
      const brought = flood?.waiting.get(from.id);
      if (flood === undefined || brought === undefined) return undefined;
      if (location.length === 0 || brought >= MOST_REPLIES) return undefined;
      flood.waiting.set(from.id, brought + 1);
      const { parent, parentNumber } = flood;
      if (parent === undefined) return { location, isFirst: brought === 0 };
      send({ type: "reply", number: parentNumber, last: false, location }, parent, nowMs);
      return undefined;
    },
    ended({ number, last }, from, nowMs) {
      const flood = byNumber.get(number);
      if (flood !== undefined && last) heardLast(flood, from.id, nowMs);
    },
    neighbourUp(neighbour, nowMs) {
      for (const flood of byQuery.values()) passTo(flood, neighbour, nowMs);
    },
    neighbourDown(neighbour, nowMs) {
      for (const flood of [...byNumber.values()]) {
        if (flood.parent === neighbour) close(flood);
        else heardLast(flood, neighbour.id, nowMs);
      }
    },
    expire(nowMs) {
      over.expire(nowMs);
      for (const flood of [...byNumber.values()]) {
        if (flood.untilMs > nowMs) return;
        end(flood, undefined, nowMs);
      }
    },
    get nextMs() {
      for (const { untilMs } of byNumber.values()) return untilMs;
      return Number.POSITIVE_INFINITY;
    },
  };
}
