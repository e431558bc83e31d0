// SPDX-License-Identifier: GPL-3.0-or-later

// What is done about a message 1 whose mac1 is right (S5): answered, told to come back with a
// cookie, or dropped. Nothing here costs more than a hash.

import { createLru, createTokenBucket } from "../core/index.js";
import { type Buckets, createBuckets } from "./buckets.js";
import {
  type Budgets,
  COOKIE_ABOVE_HALF_OPEN,
  COOKIE_REPLY_RATE,
  MOST_BUCKETS,
  NEIGHBOUR_RATE,
  NEWCOMER_MS,
  SOURCE_BURST,
  SOURCE_RATE,
} from "./constants.js";

/** `prove`: a cookie reply, and nothing else. */
export type Verdict = "answer" | "prove" | "drop";

/** One message 1. */
export interface Knock {
  /** Whose rate is limited, without a cookie. */
  readonly group: string;
  /** Whose rate is limited, with one: ip and port, or the claimed address. */
  readonly source: string;
  /** The neighbour that brought it; in the link layer, where nobody does, undefined. */
  readonly neighbour: string | undefined;
  /** The answer may not be given without a cookie: it is larger, or would be in fragments. */
  readonly costly: boolean;
  /** Whether mac2 is right; asked only if it matters. */
  readonly proves: () => boolean;
}

/** Decides. */
export interface Admission {
  /** The verdict, and whether it took a cookie to get it. */
  judge(knock: Knock, halfOpen: number, nowMs: number): { verdict: Verdict; proven: boolean };
}

/** The rules of S5 with these budgets. */
export function createAdmission(budgets: Budgets): Admission {
  const strangers = createBuckets(SOURCE_RATE, SOURCE_BURST);
  const proven = createBuckets(SOURCE_RATE, SOURCE_BURST);
  const neighbours: Buckets = createBuckets(NEIGHBOUR_RATE, NEIGHBOUR_RATE);
  const replies = createTokenBucket(COOKIE_REPLY_RATE, COOKIE_REPLY_RATE / 10);
  // Full while fewer than `cookieAbove` arrive in a second.
  const quiet = createTokenBucket(budgets.cookieAbove, budgets.cookieAbove);
  // Those that have proved their address are not held up by those that have not,
  const forStrangers = createTokenBucket(budgets.message1 / 2, budgets.message1 / 10);
  // and who comes, not by a few thousand hosts that keep coming back.
  const forAgain = createTokenBucket(budgets.message1 / 4, budgets.message1 / 20);
  const forNewcomers = createTokenBucket(budgets.message1 / 4, budgets.message1 / 20);
  const answeredMs = createLru<string, number>(MOST_BUCKETS);

  const mayAnswer = (group: string, nowMs: number): boolean => {
    const lastMs = answeredMs.get(group);
    const newcomer = lastMs === undefined || nowMs - lastMs >= NEWCOMER_MS;
    if (!(newcomer && forNewcomers.take(nowMs)) && !forAgain.take(nowMs)) return false;
    answeredMs.set(group, nowMs);
    return true;
  };
  const ask = (nowMs: number): Verdict => (replies.take(nowMs) ? "prove" : "drop");
  return {
    judge(knock, halfOpen, nowMs) {
      const { group, source, neighbour } = knock;
      const busy = !quiet.take(nowMs) || halfOpen > COOKIE_ABOVE_HALF_OPEN;
      if (neighbour !== undefined && !neighbours.take(neighbour, nowMs)) {
        return { verdict: "drop", proven: false };
      }
      if (!busy && !knock.costly && strangers.take(group, nowMs)) {
        return { verdict: forStrangers.take(nowMs) ? "answer" : ask(nowMs), proven: false };
      }
      if (!knock.proves()) return { verdict: ask(nowMs), proven: false };
      const answered = proven.take(source, nowMs) && mayAnswer(group, nowMs);
      return { verdict: answered ? "answer" : "drop", proven: answered };
    },
  };
}
