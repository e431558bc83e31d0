// SPDX-License-Identifier: GPL-3.0-or-later

// What a neighbour asked for a moment ago and we did not have. When it is attached after all, whoever
// asked is told: so a message that waits for a node that is just being opened need not be asked for
// twice. Bounded; the oldest is forgotten.

import { matchesPrefix } from "../../identity/index.js";
import { MOST_STANDING, STANDING_MS } from "../constants.js";

/** A question that we said no to: enough to tell whoever asked. */
export interface Asked {
  /** Its number, 0 where whoever asked does not need it. */
  readonly query: number;
  /** The router that asked: the neighbour, or one beyond it. */
  readonly router: Uint8Array;
}

interface Question {
  readonly asked: Asked;
  readonly prefix: Uint8Array;
  readonly nbits: number;
  readonly untilMs: number;
}

/** The questions of one neighbour that may still be answered, each with what tells whom. */
export interface Standing {
  /** We have said no; the prefix is copied. */
  add(asked: Asked, prefix: Uint8Array, nbits: number, nowMs: number): void;
  /** Takes those that this address answers. */
  take(address: Uint8Array, nowMs: number, answer: (asked: Asked) => void): void;
}

/** None. */
export function createStanding(): Standing {
  let questions: Question[] = [];
  return {
    add(asked, prefix, nbits, nowMs) {
      questions.push({ asked, prefix: prefix.slice(), nbits, untilMs: nowMs + STANDING_MS });
      if (questions.length > MOST_STANDING) questions.shift();
    },
    take(address, nowMs, answer) {
      if (questions.length === 0) return;
      const before = questions;
      questions = [];
      for (const question of before) {
        if (question.untilMs <= nowMs) continue;
        if (matchesPrefix(address, question.prefix, question.nbits)) answer(question.asked);
        else questions.push(question);
      }
    },
  };
}
