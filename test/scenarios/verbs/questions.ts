// SPDX-License-Identifier: GPL-3.0-or-later

// Verbs that look: what is waited for, what must be so, and why a way is as it is.

import { showAsked, showDuration } from "../language/quantities.js";
import type { Verb } from "../language/script.js";
import type { Words } from "../language/words.js";
import type { Stage } from "../stage/stage.js";
import { placeOf, type Trail, trailOf } from "../stage/ways.js";
import { conditionOf } from "./conditions.js";

const STEP_MS = 5;

export const questions: Readonly<Record<string, Verb>> = {
  wait: {
    usage:
      "wait until every way is known | every pair talks | NODE and NODE talk | DAEMON and DAEMON are neighbours|apart | FROM -> TO by DAEMON… | FROM -> TO has no way | NODE@DAEMON is displaced, within DURATION",
    when: "after",
    parse(words, names) {
      words.must("until");
      const condition = conditionOf(words, names);
      words.must("within");
      const withinMs = words.duration();
      return (stage) => {
        const startMs = stage.nowMs;
        const holds = condition.begin(stage);
        while (!holds()) {
          if (stage.nowMs - startMs >= withinMs) {
            throw words.wrong(
              `not within ${showAsked(withinMs)}: ${condition.what}${condition.why(stage)}`,
            );
          }
          stage.run(STEP_MS);
        }
        stage.note(`${condition.what} after ${showDuration(stage.nowMs - startMs)}`);
      };
    },
  },
  expect: {
    usage:
      "expect FROM -> TO by DAEMON… | FROM -> TO has no way | everything|nothing arrived | silence below DURATION | refused REASON",
    when: "after",
    parse(words, names) {
      const { next } = words;
      if (next === "everything" || next === "nothing") return expectArrived(words);
      if (next === "silence") return expectSilence(words);
      if (next === "refused") return expectRefused(words);
      const condition = conditionOf(words, names);
      return (stage) => {
        if (condition.begin(stage)()) return;
        throw words.wrong(`expected ${condition.what}${condition.why(stage)}`);
      };
    },
  },
  explain: {
    usage: "explain NODE -> NODE: the way, and what the first daemon says why",
    when: "after",
    parse(words, names) {
      const from = words.known("node", names.nodes);
      words.must("->");
      const to = words.known("node", names.nodes);
      return (stage) => {
        const home = stage.people.person(from).home;
        const { bytes } = stage.people.person(to).key.address;
        const { network } = stage.daemon(home).engine;
        const { ready, why } = network.explain(bytes, stage.lab.world.nowMs);
        const trail = trailOf(stage, home, placeOf(stage, to, home));
        stage.note(`${ready ? `by ${showTrail(trail)}` : "no way"}: ${why}`);
      };
    },
  },
};

/** The way, or how far it leads. */
export function showTrail({ names, arrives }: Trail): string {
  return arrives ? names.join(" ") : `${names.join(" ")}, and no further`;
}

function expectArrived(words: Words) {
  const all = words.oneOf("how much", ["everything", "nothing"]) === "everything";
  words.must("arrived");
  return ({ talk }: Stage): void => {
    const { last } = talk;
    if (last === undefined) throw words.wrong("nothing was sent");
    const { sent, arrived } = last;
    const isSo = all ? arrived === sent && sent > 0 : arrived === 0;
    if (!isSo) {
      throw words.wrong(
        `expected that ${all ? "everything" : "nothing"} arrived: ${arrived} of ${sent}`,
      );
    }
  };
}

function expectSilence(words: Words) {
  words.must("silence", "below");
  const limitMs = words.duration();
  return ({ talk }: Stage): void => {
    if (talk.streams.length === 0) throw words.wrong("there is no stream");
    for (const { lastSilenceMs } of talk.streams) {
      if (lastSilenceMs < limitMs) continue;
      throw words.wrong(
        `expected silence below ${showAsked(limitMs)}, got ${showDuration(lastSilenceMs)}`,
      );
    }
  };
}

function expectRefused(words: Words) {
  words.must("refused");
  const reason = words.word("a reason like DISPLACED", /^[A-Z_]+$/);
  return ({ talk }: Stage): void => {
    const reasons = [...(talk.last?.refused.keys() ?? [])];
    if (!reasons.includes(reason)) {
      throw words.wrong(`expected that ${reason} was said, got ${reasons.join(", ") || "nothing"}`);
    }
  };
}
