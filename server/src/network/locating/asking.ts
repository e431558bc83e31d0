// SPDX-License-Identifier: GPL-3.0-or-later

// Our own questions, to every router that can be asked at once: the first location that fits ends
// one, and so does the last no. Invariant: each is ended once, after QUESTION_MS at the latest.

import { type AddressMap, createAddressMap } from "../../core/index.js";
import { matchesPrefix } from "../../identity/index.js";
import { ADDRESS_BITS, QUESTION_MS } from "../constants.js";
import type { Found } from "../network.js";
import { type Context, type Correspondent, tell } from "./context.js";

interface Question {
  readonly query: number;
  readonly prefix: Uint8Array;
  readonly nbits: number;
  /** Names of the routers that have not answered. */
  readonly waiting: Set<string>;
  readonly untilMs: number;
}

/** The questions that are open. */
export interface Asking {
  ask(query: number, prefix: Uint8Array, nbits: number, nowMs: number): void;
  cancel(query: number): void;
  /** Whether a router was asked this, and has not answered. */
  isWaiting(query: number, from: Correspondent): boolean;
  /** A router has said no, or what it said does not count. */
  no(query: number, from: Correspondent, nowMs: number): void;
  /** An address can be reached now: ends what asked for it. */
  found(found: Found, nowMs: number): void;
  /** A router can be asked from now on: it is asked what is open. */
  routerUp(router: Correspondent, nowMs: number): void;
  /** The router of this name cannot be asked any more: that is its no. */
  routerDown(name: string, nowMs: number): void;
  /** Ends those whose time is over. */
  expire(nowMs: number): void;
  /** When there is something to end; Infinity if nothing is open. */
  readonly nextMs: number;
}

/** None open. `everybody` gives the routers that can be asked now. */
export function createAsking(context: Context, everybody: () => Iterable<Correspondent>): Asking {
  // In the order in which they end.
  const open = new Map<number, Question>();
  const exact: AddressMap<Question> = createAddressMap<Question>(context.random);
  const prefixes = new Set<Question>();

  const close = (question: Question): boolean => {
    if (!open.delete(question.query)) return false;
    if (question.nbits === ADDRESS_BITS) exact.delete(question.prefix);
    else prefixes.delete(question);
    return true;
  };
  const end = (question: Question, found: Found | undefined, nowMs: number): void => {
    if (close(question)) context.sink.resolved(question.query, found, nowMs);
  };
  const send = (question: Question, to: Correspondent, nowMs: number): void => {
    const { query, prefix, nbits } = question;
    if (tell(context, to, { type: "query", query, prefix, nbits }, nowMs)) {
      question.waiting.add(to.name);
    }
  };
  const heard = ({ waiting }: Question, name: string): boolean =>
    waiting.delete(name) && waiting.size === 0;
  return {
    ask(query, prefix, nbits, nowMs) {
      const untilMs = nowMs + QUESTION_MS;
      const own = prefix.slice(0, Math.ceil(nbits / 8));
      const question: Question = { query, prefix: own, nbits, waiting: new Set(), untilMs };
      open.set(query, question);
      if (nbits === ADDRESS_BITS) exact.set(own, question);
      else prefixes.add(question);
      for (const router of everybody()) send(question, router, nowMs);
      if (question.waiting.size === 0) end(question, undefined, nowMs);
    },
    cancel(query) {
      const question = open.get(query);
      if (question !== undefined) close(question);
    },
    isWaiting: (query, from) => open.get(query)?.waiting.has(from.name) === true,
    no(query, from, nowMs) {
      const question = open.get(query);
      if (question !== undefined && heard(question, from.name)) end(question, undefined, nowMs);
    },
    found(found, nowMs) {
      const { bytes } = found.address;
      const question = exact.get(bytes, 0);
      if (question !== undefined) end(question, found, nowMs);
      for (const each of [...prefixes]) {
        if (matchesPrefix(bytes, each.prefix, each.nbits)) end(each, found, nowMs);
      }
    },
    routerUp(router, nowMs) {
      for (const question of open.values()) send(question, router, nowMs);
    },
    routerDown(name, nowMs) {
      for (const question of [...open.values()]) {
        if (heard(question, name)) end(question, undefined, nowMs);
      }
    },
    expire(nowMs) {
      for (const question of [...open.values()]) {
        if (question.untilMs > nowMs) return;
        end(question, undefined, nowMs);
      }
    },
    get nextMs() {
      for (const { untilMs } of open.values()) return untilMs;
      return Number.POSITIVE_INFINITY;
    },
  };
}
