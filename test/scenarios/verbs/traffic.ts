// SPDX-License-Identifier: GPL-3.0-or-later

// Verbs for what nodes send, and for time.

import { NodeError } from "@inet256/client";
import { showDuration } from "../language/quantities.js";
import type { Names, Verb } from "../language/script.js";
import type { Words } from "../language/words.js";
import { showRow, showTotals } from "../stage/accounts.js";
import type { Pace } from "../stage/conversations.js";
import type { Stage } from "../stage/stage.js";
import { carriedNow, carriersSince } from "../stage/ways.js";

const DEFAULT_PACE: Pace = { bytes: 100, everyMs: 10 };
/** What waits for a session is given up after 10 s. */
const LATEST_MS = 11_000;
const STEP_MS = 10;

export const traffic: Readonly<Record<string, Verb>> = {
  run: {
    usage: "run DURATION: lets time pass",
    when: "after",
    parse(words) {
      const ms = words.duration();
      return (stage) => stage.run(ms);
    },
  },
  send: {
    usage:
      "send NODE[@DAEMON] NODE NUMBER messages [of SIZE] [each DURATION], or: send NODE NODE when known",
    when: "after",
    parse(words, names) {
      const { from, at } = sender(words, names);
      const to = words.known("node", names.nodes);
      if (words.skip("when")) {
        words.must("known");
        return (stage) => sendWhenKnown(stage, from, to);
      }
      const count = words.count();
      words.must(count === 1 ? "message" : "messages");
      const pace = paceOf(words);
      return (stage) => sendRow(stage, from, at, to, count, pace);
    },
  },
  stream: {
    usage: "stream NODE NODE [of SIZE] [each DURATION]: goes on until it is ended",
    when: "after",
    parse(words, names) {
      const from = words.known("node", names.nodes);
      const to = words.known("node", names.nodes);
      const pace = paceOf(words);
      return (stage) => void stage.talk.stream(from, to, pace);
    },
  },
  quiet: {
    usage: "quiet: ends all streams, and says what became of them",
    when: "after",
    parse: () => quiet,
  },
};

function sender(words: Words, names: Names): { from: string; at: string | undefined } {
  if (words.next?.includes("@") !== true) {
    return { from: words.known("node", names.nodes), at: undefined };
  }
  const [from = "", at] = words.known("opening", names.openings).split("@");
  return { from, at };
}

function paceOf(words: Words): Pace {
  const bytes = words.skip("of") ? words.bytes() : DEFAULT_PACE.bytes;
  const everyMs = words.skip("each") ? words.duration() : DEFAULT_PACE.everyMs;
  return { bytes, everyMs };
}

function sendRow(
  stage: Stage,
  from: string,
  at: string | undefined,
  to: string,
  count: number,
  { bytes, everyMs }: Pace,
): void {
  const before = carriedNow(stage);
  const row = stage.talk.begin(from, to);
  const startMs = stage.nowMs;
  for (let i = 0; i < count; i++) {
    // So that a row needs as long as its pace says, whatever the clock shows.
    stage.run(Math.max(0, startMs + i * everyMs - stage.nowMs));
    stage.talk.send(row, bytes, at);
  }
  const untilMs = stage.nowMs + LATEST_MS;
  while (row.arrived < row.sent && stage.nowMs < untilMs) stage.run(STEP_MS);
  stage.note(showRow(row));
  const carriers = carriersSince(stage, before, Math.max(1, row.sent));
  if (row.sent > 0 && carriers !== undefined) stage.note(carriers);
}

/** As the unary Send of the API: once the network knows the destination, or it says why not. */
async function sendWhenKnown(stage: Stage, from: string, to: string): Promise<void> {
  const { service } = stage.daemon(stage.people.person(from).home).engine;
  const startMs = stage.nowMs;
  let answer: string | undefined;
  void service.lookupPublicKey(stage.people.person(to).key.address).then(
    () => {
      answer = "known";
    },
    (error: unknown) => {
      answer = error instanceof NodeError ? error.reason : String(error);
    },
  );
  while (answer === undefined && stage.nowMs - startMs < LATEST_MS) {
    stage.run(STEP_MS);
    // Promises are kept between two steps of the world.
    for (let i = 0; i < 8; i++) await Promise.resolve();
  }
  const why = answer ?? "no word";
  stage.note(`${to}: ${why}, after ${showDuration(stage.nowMs - startMs)}`);
  if (why === "known") sendRow(stage, from, undefined, to, 1, DEFAULT_PACE);
  else stage.talk.begin(from, to).refused.set(why, 1);
}

function quiet(stage: Stage): void {
  const { talk } = stage;
  const conversations = talk.streams.map(({ conversation }) => conversation);
  for (const stream of [...talk.streams]) stream.stop();
  const untilMs = stage.nowMs + LATEST_MS;
  const isUnderWay = (): boolean => conversations.some(({ sent, arrived }) => arrived < sent);
  while (isUnderWay() && stage.nowMs < untilMs) stage.run(STEP_MS);
  for (const conversation of conversations) stage.note(showTotals(conversation));
}
