// SPDX-License-Identifier: GPL-3.0-or-later

// Verbs for what there is: daemons, links, NATs, nodes, and what is looked at.

import { listAlgorithms } from "../../../server/src/network/index.js";
import type { LinkOptions } from "../../sim/link-model.js";
import type { NatKind } from "../../sim/nat.js";
import type { Names, Verb } from "../language/script.js";
import type { Words } from "../language/words.js";
import type { Cable } from "../stage/cables.js";

const LINK_WORDS = ["jitter", "loss", "duplicate", "reorder", "rate", "queue", "mtu"];
const NAT_KINDS: readonly NatKind[] = [
  "endpoint-independent",
  "address-dependent",
  "port-dependent",
];
/** What most home routers do (RFC 4787 asks for two minutes; many do less). */
const MAPPING_MS = 30_000;

/** `a b`, whichever comes first. */
export function linkName(a: string, b: string): string {
  return [a, b].sort().join(" ");
}

export const scene: Readonly<Record<string, Verb>> = {
  network: {
    usage: "network NAME seed NUMBER",
    when: "first",
    parse(words) {
      const algorithms = listAlgorithms().map(({ name }) => name);
      words.oneOf("an algorithm", algorithms);
      words.must("seed");
      words.count();
      // The player reads this line itself: without it there is no stage.
      return () => {};
    },
  },
  daemons: {
    usage: "daemons NAME…",
    when: "before",
    parse(words, names) {
      const fresh: string[] = [];
      do fresh.push(words.fresh("daemon", [...names.daemons, ...fresh]));
      while (words.next !== undefined);
      names.daemons.push(...fresh);
      return (stage) => {
        for (const name of fresh) stage.enlist(name);
      };
    },
  },
  nat: {
    usage:
      "nat NAME before DAEMON… MAPPING [filtering KIND] [mapping DURATION], each endpoint-independent, address-dependent or port-dependent",
    when: "before",
    parse(words, names) {
      const name = words.fresh("NAT", names.nats);
      words.must("before");
      const inside = words.knownList("daemon", names.daemons, NAT_KINDS);
      const mapping = words.oneOf("a kind of NAT", NAT_KINDS);
      const filtering = words.skip("filtering") ? words.oneOf("a kind of NAT", NAT_KINDS) : mapping;
      const mappingMs = words.skip("mapping") ? words.duration() : MAPPING_MS;
      for (const daemon of inside) {
        if (names.behind.has(daemon)) throw words.wrong(`${daemon} is behind a NAT already`);
        names.behind.set(daemon, name);
      }
      names.nats.push(name);
      return (stage) => stage.nat(name, { mapping, filtering, mappingMs }, inside);
    },
  },
  link: {
    usage:
      "link DAEMON DAEMON… [LATENCY] [jitter DURATION] [loss SHARE] [duplicate SHARE] [reorder SHARE] [rate SIZE] [queue SIZE] [mtu SIZE]",
    when: "always",
    parse(words, names) {
      const row = words.knownList("daemon", names.daemons, LINK_WORDS);
      const cables = row.slice(1).map((b, i) => cableBetween(words, names, row[i] ?? b, b));
      if (cables.length === 0) throw words.wrong("expected two daemons or more");
      const options = linkOptions(words);
      for (const { a, b } of cables) names.links.add(linkName(a, b));
      return (stage) => {
        for (const cable of cables) stage.cables.link(cable, options);
      };
    },
  },
  node: {
    usage: "node NAME at DAEMON",
    when: "always",
    parse(words, names) {
      const isKnown = names.nodes.includes(words.next ?? "");
      const taken = [...names.nodes.filter(() => !isKnown), ...names.daemons];
      const name = words.fresh("node or daemon", taken);
      words.must("at");
      const daemon = words.known("daemon", names.daemons);
      const opening = `${name}@${daemon}`;
      if (names.openings.has(opening)) throw words.wrong(`${name} is open at ${daemon} already`);
      if (!isKnown) names.nodes.push(name);
      names.openings.add(opening);
      return (stage) => stage.people.open(name, daemon);
    },
  },
  close: {
    usage: "close NODE@DAEMON",
    when: "always",
    parse(words, names) {
      const opening = words.known("opening", names.openings);
      names.openings.delete(opening);
      const [name = "", daemon = ""] = opening.split("@");
      return (stage) => stage.people.close(name, daemon);
    },
  },
  watch: {
    usage: "watch COUNTER…",
    when: "always",
    parse(words) {
      const counters: string[] = [];
      while (words.next !== undefined) counters.push(words.word("a counter", /^[a-z0-9_]+$/));
      if (counters.length === 0) throw words.wrong("expected a counter");
      return (stage) => {
        for (const counter of counters) stage.watched.add(counter);
      };
    },
  },
};

function cableBetween(words: Words, { behind }: Names, a: string, b: string): Cable {
  if (a === b) throw words.wrong(`${a} cannot have a link with itself`);
  const together = behind.get(a) === behind.get(b);
  const aDials = together || !behind.has(b);
  const bDials = together || !behind.has(a);
  if (aDials || bDials) return { a, b, aDials, bDials };
  throw words.wrong(`${a} and ${b} are behind different NATs: neither could dial the other`);
}

function linkOptions(words: Words): Partial<LinkOptions> {
  const options: { -readonly [Name in keyof LinkOptions]?: LinkOptions[Name] } = {};
  if (words.next !== undefined && !LINK_WORDS.includes(words.next)) {
    options.latencyMs = words.duration();
  }
  while (words.next !== undefined) {
    const word = words.oneOf("how the link is", LINK_WORDS);
    if (word === "jitter") options.jitterMs = words.duration();
    else if (word === "loss") options.loss = words.share();
    else if (word === "duplicate") options.duplicate = words.share();
    else if (word === "reorder") options.reorder = words.share();
    else if (word === "rate") options.bytesPerSecond = words.bytes();
    else if (word === "queue") options.queueBytes = words.bytes();
    else options.mtuBytes = words.bytes();
  }
  return options;
}
