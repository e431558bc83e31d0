// SPDX-License-Identifier: GPL-3.0-or-later

// Verbs for what goes wrong, and what puts it right again.

import type { Names, Verb } from "../language/script.js";
import type { Words } from "../language/words.js";
import type { Cut } from "../stage/cables.js";
import type { Stage } from "../stage/stage.js";
import { linkName } from "./scene.js";

const HOWS: readonly Cut[] = ["silent", "announced"];
const VICES = ["attracts", "drops", "forges"] as const;
/** Milliseconds that a daemon is down at most in a churn. */
const MOST_DOWN_MS = 3_000;
/** How far clocks jump back at most in a churn. */
const MOST_BACK_MS = 10_000_000;

export const faults: Readonly<Record<string, Verb>> = {
  start: {
    usage: "start [DAEMON…]: those, or all that are down",
    when: "always",
    parse(words, names) {
      const list = words.knownList("daemon", names.daemons);
      names.started = true;
      return (stage) => stage.start(list);
    },
  },
  kill: daemonVerb("kill DAEMON…: kill -9", (stage, name) => stage.kill(name)),
  stop: daemonVerb("stop DAEMON…: in good order", (stage, name) => stage.stop(name)),
  restart: daemonVerb("restart DAEMON…: kill -9, and started again at once", (stage, name) => {
    stage.kill(name);
    stage.start([name]);
  }),
  cut: {
    usage: "cut DAEMON DAEMON silent|announced: nothing passes, or the first one says goodbye",
    when: "after",
    parse(words, names) {
      const [a, b] = linked(words, names);
      const how = words.oneOf("how", HOWS);
      return (stage) => stage.cables.cut(a, b, how);
    },
  },
  join: {
    usage: "join DAEMON DAEMON: undoes a cut",
    when: "after",
    parse(words, names) {
      const [a, b] = linked(words, names);
      return (stage) => stage.cables.join(a, b);
    },
  },
  partition: {
    usage: "partition DAEMON… | DAEMON… [| …]: cuts every link between them, silently",
    when: "after",
    parse(words, names) {
      const groups = [words.knownList("daemon", names.daemons)];
      while (words.skip("|")) groups.push(words.knownList("daemon", names.daemons));
      const grouped = groups.flat();
      const missing = names.daemons.filter((name) => !grouped.includes(name));
      if (groups.length < 2 || groups.some((group) => group.length === 0)) {
        throw words.wrong("expected two groups or more, with | between them");
      }
      if (missing.length > 0) throw words.wrong(`${missing.join(", ")}: in no group`);
      const groupOf = (name: string) => groups.findIndex((group) => group.includes(name));
      return ({ cables }) => {
        for (const { a, b } of cables.all) {
          if (groupOf(a) !== groupOf(b)) cables.cut(a, b, "silent");
        }
      };
    },
  },
  heal: {
    usage: "heal: undoes every cut",
    when: "after",
    parse: () => (stage) => {
      for (const { a, b } of stage.cables.cuts) stage.cables.join(a, b);
    },
  },
  jump: {
    usage: "jump clock of DAEMON back|ahead DURATION",
    when: "after",
    parse(words, names) {
      words.must("clock", "of");
      const name = words.known("daemon", names.daemons);
      const sign = words.oneOf("where to", ["back", "ahead"]) === "back" ? -1 : 1;
      const ms = words.duration();
      return (stage) => stage.jumpClock(name, sign * ms);
    },
  },
  reboot: {
    usage: "reboot NAT: its mappings are gone",
    when: "after",
    parse(words, names) {
      const name = words.known("NAT", names.nats);
      return (stage) => stage.natNamed(name).reboot();
    },
  },
  hostile: {
    usage: "hostile DAEMON attracts|drops|forges…: from now on; the first time before the start",
    when: "always",
    parse(words, names) {
      const name = words.known("daemon", names.daemons);
      const chosen = [words.oneOf("a vice", VICES)];
      while (words.next !== undefined) chosen.push(words.oneOf("a vice", VICES));
      mayBeHostile(words, names, name);
      return (stage) => setVices(stage, name, chosen);
    },
  },
  honest: {
    usage: "honest DAEMON: until it is hostile, or again",
    when: "always",
    parse(words, names) {
      const name = words.known("daemon", names.daemons);
      mayBeHostile(words, names, name);
      return (stage) => setVices(stage, name, []);
    },
  },
  churn: {
    usage:
      "churn SHARE each DURATION for DURATION: so many are killed, back within 3 s, half with clocks set back",
    when: "after",
    parse(words) {
      const share = words.share();
      words.must("each");
      const everyMs = words.duration();
      words.must("for");
      const forMs = words.duration();
      return (stage) => churn(stage, share, everyMs, forMs);
    },
  },
};

function daemonVerb(usage: string, act: (stage: Stage, name: string) => void): Verb {
  return {
    usage,
    when: "after",
    parse(words, names) {
      const list = words.knownList("daemon", names.daemons);
      if (list.length === 0) words.known("daemon", names.daemons);
      return (stage) => {
        for (const name of list) act(stage, name);
      };
    },
  };
}

function linked(words: Words, names: Names): readonly [string, string] {
  const a = words.known("daemon", names.daemons);
  const b = words.known("daemon", names.daemons);
  if (!names.links.has(linkName(a, b))) throw words.wrong(`${a} and ${b} have no link`);
  return [a, b];
}

/** Routers are made at the start: who is to be hostile later is said before. */
function mayBeHostile(words: Words, names: Names, name: string): void {
  if (names.hostile.includes(name)) return;
  if (names.started) throw words.wrong(`${name}: say honest ${name} before the start`);
  names.hostile.push(name);
}

function setVices(stage: Stage, name: string, chosen: readonly string[]): void {
  const { vices } = stage.corruption(name);
  for (const vice of VICES) vices[vice] = chosen.includes(vice);
}

function churn(stage: Stage, share: number, everyMs: number, forMs: number): void {
  const random = stage.lab.world.random(`churn at ${stage.nowMs}`);
  const untilMs = stage.nowMs + forMs;
  const restarted: string[] = [];
  while (stage.nowMs < untilMs) {
    const roundMs = Math.min(untilMs, stage.nowMs + everyMs);
    for (const { name } of stage.running.filter(() => random.below(1_000) < share * 1_000)) {
      stage.kill(name);
      stage.run(random.below(MOST_DOWN_MS));
      stage.start([name]);
      if (random.oneIn(2)) stage.jumpClock(name, -random.below(MOST_BACK_MS));
      restarted.push(name);
    }
    stage.run(Math.max(0, roundMs - stage.nowMs));
  }
  stage.note(`restarted ${restarted.length} times: ${restarted.join(" ")}`);
}
