// SPDX-License-Identifier: GPL-3.0-or-later

// What can be waited for, or expected.

import type { Names } from "../language/script.js";
import type { Words } from "../language/words.js";
import type { Conversation } from "../stage/conversations.js";
import type { Stage } from "../stage/stage.js";
import { placeOf, trailOf } from "../stage/ways.js";

/** Something that holds, or not yet. */
export interface Condition {
  readonly what: string;
  /** How it is looked at from now on: often. */
  begin(stage: Stage): () => boolean;
  /** What is the case instead, beginning with a comma; or nothing. */
  why(stage: Stage): string;
}

/** Who is waited for sends so often. */
const EVERY_MS = 100;
const MESSAGE_BYTES = 100;

/** Takes the words of a condition. */
export function conditionOf(words: Words, names: Names): Condition {
  if (words.skip("every")) {
    if (words.skip("way")) {
      words.must("is", "known");
      return everyWayIsKnown;
    }
    words.must("pair", "talks");
    return talking("every pair talks", ({ people }) => people.all.map(({ name }) => name));
  }
  if (words.next?.includes("@") === true) return displaced(words, names);
  const ends = [...names.nodes, ...names.daemons];
  const from = words.known("node or daemon", ends);
  if (words.skip("->")) {
    const to = words.known("node or daemon", ends);
    if (words.skip("has")) {
      words.must("no", "way");
      return noWay(from, to);
    }
    words.must("by");
    return byThisWay(from, to, words.knownList("daemon", names.daemons, ["within"]));
  }
  words.must("and");
  const to = words.known("node or daemon", ends);
  if (names.nodes.includes(from) && names.nodes.includes(to)) {
    words.must("talk");
    return talking(`${from} and ${to} talk`, () => [from, to]);
  }
  words.must("are");
  return neighbours(from, to, words.oneOf("what they are", ["neighbours", "apart"]));
}

const everyWayIsKnown: Condition = {
  what: "every way is known",
  begin:
    ({ running }) =>
    () =>
      running.every(({ engine }) => engine.network.ways().length >= running.length - 1),
  why({ running }) {
    const counts = running.map(({ name, engine }) => `${name} ${engine.network.ways().length}`);
    return `, known are ${counts.join(", ")}`;
  },
};

/** Each of these has heard from each other what that sent since the wait began. */
function talking(what: string, who: (stage: Stage) => readonly string[]): Condition {
  let missing: readonly string[] = [];
  return {
    what,
    why: () => `, not yet ${missing.join(", ")}`,
    begin(stage) {
      const names = who(stage).filter((name) => stage.people.opening(name) !== undefined);
      const pairs = names.flatMap((from) =>
        names.filter((to) => to !== from).map((to) => stage.talk.begin(from, to)),
      );
      let waiting = pairs;
      let nextMs = stage.nowMs;
      return () => {
        waiting = waiting.filter(({ arrived }: Conversation) => arrived === 0);
        missing = waiting.map(({ from, to }) => `${from} -> ${to}`);
        if (waiting.length === 0) return pairs.length > 0;
        if (stage.nowMs >= nextMs) {
          nextMs = stage.nowMs + EVERY_MS;
          for (const pair of waiting) stage.talk.send(pair, MESSAGE_BYTES);
        }
        return false;
      };
    },
  };
}

function displaced(words: Words, names: Names): Condition {
  const opening = words.known("opening", names.openings);
  words.must("is", "displaced");
  const [name = "", daemon = ""] = opening.split("@");
  const whyNot = (stage: Stage): string => {
    const { bytes } = stage.people.person(name).key.address;
    return stage.daemon(daemon).engine.network.explain(bytes, stage.lab.world.nowMs).why;
  };
  return {
    what: `${opening} is displaced`,
    begin: (stage) => () => whyNot(stage).includes("newer attachment"),
    why: (stage) => `: ${whyNot(stage)}`,
  };
}

function byThisWay(from: string, to: string, by: readonly string[]): Condition {
  const look = (stage: Stage) => {
    const home = placeOf(stage, from);
    return trailOf(stage, home, placeOf(stage, to, home));
  };
  return {
    what: `${from} -> ${to} by ${by.join(" ")}`,
    begin: (stage) => () => {
      const { names, arrives } = look(stage);
      return arrives && names.join(" ") === by.join(" ");
    },
    why(stage) {
      const { names, arrives } = look(stage);
      return `, got ${names.join(" ")}${arrives ? "" : ", and no further"}`;
    },
  };
}

function noWay(from: string, to: string): Condition {
  const look = (stage: Stage) => {
    const home = placeOf(stage, from);
    return trailOf(stage, home, placeOf(stage, to, home));
  };
  return {
    what: `${from} -> ${to} has no way`,
    begin: (stage) => () => !look(stage).arrives,
    why: (stage) => `, got ${look(stage).names.join(" ")}`,
  };
}

function neighbours(a: string, b: string, wanted: "neighbours" | "apart"): Condition {
  return {
    what: `${a} and ${b} are ${wanted}`,
    begin: (stage) => () => {
      const [one, other] = [stage.daemon(a), stage.daemon(b)];
      const [near, far] = [one.isUp(other), other.isUp(one)];
      return wanted === "neighbours" ? near && far : !near && !far;
    },
    why: () => "",
  };
}
