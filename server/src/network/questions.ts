// SPDX-License-Identifier: GPL-3.0-or-later

// What the rooms above have asked for: destinations and prefixes. Invariants: one thing is asked
// for once, "nobody knows it" is believed for NEGATIVE_MS, and nobody is answered from inside of
// his own call. An answer that comes after a no still counts.

import {
  type AddressMap,
  createAddressMap,
  createDeadline,
  type Deadline,
  type Deadlines,
  type Random,
} from "../core/index.js";
import { matchesPrefix } from "../identity/index.js";
import { ADDRESS_BITS, MOST_QUESTIONS, NEGATIVE_MS } from "./constants.js";
import type { Found, NetworkSink, Reach } from "./network.js";
import type { Router } from "./router.js";

type Finder = (found: Found | undefined, nowMs: number) => void;

interface Question {
  readonly query: number;
  readonly prefix: Uint8Array;
  readonly nbits: number;
  /** Settling: everybody said no, but a peer may still come up. */
  state: "asking" | "settling" | "no";
  /** Whether a session waits for it. */
  forSession: boolean;
  readonly finders: Set<Finder>;
  readonly deadline: Deadline;
}

/** The questions of the rooms above. */
export interface Questions {
  /** What is known of a destination that the router does not reach. */
  reach(buffer: Uint8Array, at: number): Reach;
  resolve(destination: Uint8Array, nowMs: number): void;
  find(prefix: Uint8Array, nbits: number, found: Finder, nowMs: number): () => void;
  /** The router's answer. */
  resolved(query: number, found: Found | undefined, nowMs: number): void;
  /** The router reaches something that it did not reach before. */
  reachable(found: Found, nowMs: number): void;
  /** There is somebody new to ask. */
  neighbourUp(nowMs: number): void;
  close(): void;
}

/** What it is made of. */
export interface QuestionsOptions {
  readonly random: Random;
  readonly deadlines: Deadlines;
  readonly router: Pick<Router, "reaches" | "known" | "resolve" | "cancel">;
  /** From when on a no is a no. */
  readonly settledAtMs: (nowMs: number) => number;
  readonly sink: Pick<NetworkSink, "resolved">;
}

/** Questions that are asked again when a neighbour comes up; the newest of them. */
const MOST_ASKED_AGAIN = 256;

/** None. */
export function createQuestions(options: QuestionsOptions): Questions {
  const { deadlines, router, sink } = options;
  const byQuery = new Map<number, Question>();
  const exact: AddressMap<Question> = createAddressMap<Question>(options.random);
  const prefixes = new Map<string, Question>();
  const later: (() => void)[] = [];
  const laterDeadline = createDeadline(() => {
    for (const task of later.splice(0)) task();
  });
  let inside = false;
  let lastQuery = options.random.u32();

  /** Tells now, or, from inside of a call from above, at once after it. */
  const tell = (task: () => void, nowMs: number): void => {
    if (!inside) {
      task();
      return;
    }
    later.push(task);
    deadlines.set(laterDeadline, nowMs);
  };
  const fromAbove = (act: () => void): void => {
    const before = inside;
    inside = true;
    act();
    inside = before;
  };
  const forget = (question: Question): void => {
    deadlines.clear(question.deadline);
    byQuery.delete(question.query);
    if (question.nbits === ADDRESS_BITS) exact.delete(question.prefix);
    else prefixes.delete(keyOf(question.prefix, question.nbits));
  };
  const answer = (question: Question, found: Found | undefined, nowMs: number): void => {
    const finders = [...question.finders];
    const { forSession, prefix } = question;
    question.finders.clear();
    if (forSession) tell(() => sink.resolved(prefix, found ? "ready" : "unknown", nowMs), nowMs);
    for (const finder of finders) tell(() => finder(found, nowMs), nowMs);
  };
  const sayNo = (question: Question, nowMs: number): void => {
    question.state = "no";
    deadlines.set(question.deadline, nowMs + NEGATIVE_MS);
    answer(question, undefined, nowMs);
  };
  const settle = (question: Question, nowMs: number): void => {
    const atMs = options.settledAtMs(nowMs);
    if (atMs <= nowMs) {
      sayNo(question, nowMs);
      return;
    }
    question.state = "settling";
    deadlines.set(question.deadline, atMs);
  };
  const yes = (question: Question, found: Found, nowMs: number): void => {
    forget(question);
    router.cancel(question.query);
    answer(question, found, nowMs);
  };
  const create = (prefix: Uint8Array, nbits: number): Question => {
    do lastQuery = (lastQuery + 1) >>> 0;
    while (lastQuery === 0 || byQuery.has(lastQuery));
    const question: Question = {
      query: lastQuery,
      prefix,
      nbits,
      state: "asking",
      forSession: false,
      finders: new Set(),
      deadline: createDeadline((nowMs) =>
        question.state === "settling" ? sayNo(question, nowMs) : forget(question),
      ),
    };
    byQuery.set(question.query, question);
    if (nbits === ADDRESS_BITS) exact.set(prefix, question);
    else prefixes.set(keyOf(prefix, nbits), question);
    return question;
  };
  const ask = (question: Question, nowMs: number): void => {
    deadlines.clear(question.deadline);
    question.state = "asking";
    router.resolve(question.query, question.prefix, question.nbits, nowMs);
  };
  /** The question for this, asked if it was not; undefined when there are too many. */
  const questionFor = (prefix: Uint8Array, nbits: number): [Question, boolean] | undefined => {
    const known =
      nbits === ADDRESS_BITS ? exact.get(prefix, 0) : prefixes.get(keyOf(prefix, nbits));
    if (known !== undefined) return [known, false];
    if (byQuery.size >= MOST_QUESTIONS) return undefined;
    return [create(prefix, nbits), true];
  };

  return {
    reach: (buffer, at) => (exact.get(buffer, at)?.state === "no" ? "unknown" : "unresolved"),
    resolve(destination, nowMs) {
      fromAbove(() => {
        const prefix = destination.slice();
        if (router.reaches(prefix, 0)) {
          tell(() => sink.resolved(prefix, "ready", nowMs), nowMs);
          return;
        }
        const [question, isNew] = questionFor(prefix, ADDRESS_BITS) ?? [];
        if (question === undefined || question.state === "no") {
          if (question !== undefined) question.forSession = true;
          tell(() => sink.resolved(prefix, "unknown", nowMs), nowMs);
          return;
        }
        question.forSession = true;
        if (isNew === true) ask(question, nowMs);
      });
    },
    find(prefix, nbits, finder, nowMs) {
      const masked = maskPrefix(prefix, nbits);
      let question: Question | undefined;
      let cancelled = false;
      const found: Finder = (what, atMs) => {
        if (!cancelled) finder(what, atMs);
      };
      fromAbove(() => {
        const known = router.known(masked, nbits);
        if (known !== undefined) {
          tell(() => found(known, nowMs), nowMs);
          return;
        }
        const [asked, isNew] = questionFor(masked, nbits) ?? [];
        if (asked === undefined || asked.state === "no") {
          tell(() => found(undefined, nowMs), nowMs);
          return;
        }
        question = asked;
        asked.finders.add(found);
        if (isNew === true) ask(asked, nowMs);
      });
      return () => {
        cancelled = true;
        if (question === undefined || !question.finders.delete(found)) return;
        if (question.finders.size > 0 || question.forSession || question.state === "no") return;
        forget(question);
        router.cancel(question.query);
      };
    },
    resolved(query, found, nowMs) {
      const question = byQuery.get(query);
      if (question === undefined) return;
      if (found === undefined) settle(question, nowMs);
      else yes(question, found, nowMs);
    },
    reachable(found, nowMs) {
      const { bytes } = found.address;
      const question = exact.get(bytes, 0);
      if (question !== undefined) yes(question, found, nowMs);
      for (const each of [...prefixes.values()]) {
        if (matchesPrefix(bytes, each.prefix, each.nbits)) yes(each, found, nowMs);
      }
    },
    neighbourUp(nowMs) {
      const idle = [...byQuery.values()].filter(({ state }) => state !== "asking");
      for (const question of idle.slice(-MOST_ASKED_AGAIN)) ask(question, nowMs);
    },
    close() {
      deadlines.clear(laterDeadline);
      for (const question of [...byQuery.values()]) forget(question);
    },
  };
}

function keyOf(prefix: Uint8Array, nbits: number): string {
  return `${nbits}:${Buffer.from(prefix).toString("hex")}`;
}

/** The prefix's bits, and zeros to the end of their last byte. */
function maskPrefix(prefix: Uint8Array, nbits: number): Uint8Array {
  const masked = prefix.slice(0, Math.ceil(nbits / 8));
  const last = masked.length - 1;
  if (nbits % 8 !== 0) masked[last] = (masked[last] ?? 0) & (0xff00 >> (nbits % 8));
  return masked;
}
