// SPDX-License-Identifier: GPL-3.0-or-later

// Four daemons as processes in a diamond over UDP, with beaconnet: the way in use is cut, silently
// or announced, in traffic both ways, and the traffic goes on by the other way. The longest time
// without an arrival is printed beside what we say of it.

import { type Client, generateKey, type Node } from "@inet256/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEar, createNumberedTraffic, type Ear } from "../support/numbered-traffic.js";
import { createDaemons, type Daemons, type PeeredDaemon } from "../support/two-daemons.js";
import { createUdpRelay, type UdpRelay } from "../support/udp-relay.js";
import { until } from "../support/until.js";
import { untilAnswer } from "../support/until-answer.js";

/** The ends, and what lies between them. */
const [FROM, TO] = [0, 3];
const MIDDLES = [1, 2] as const;
/** Who dials whom; the other one waits. */
const DIALS: Readonly<Record<number, readonly number[]>> = { 0: [1, 2], 1: [3], 2: [3] };
const PEERS: readonly (readonly number[])[] = [
  [1, 2],
  [0, 3],
  [0, 3],
  [1, 2],
];

/** What we say of ourselves: milliseconds without traffic when a peer says goodbye, and when not. */
const CLAIM_MS = { announced: 1_000, silent: 2_000 };
/** A busy machine may take so many times as long before this fails. */
const PATIENCE = 10;
/** Between two messages of one direction. */
const EVERY_MS = 5;
/** Messages of each direction, sent after the cut, that are to arrive; and before it, and when it is mended. */
const ENOUGH = 150;
const SOME = 50;

/** A way to cut, and to mend it again. */
interface Cut {
  readonly name: string;
  readonly kind: keyof typeof CLAIM_MS;
  cut(middle: number): unknown;
  mend(middle: number): unknown;
}

/** Messages of one direction, one every few milliseconds. */
interface Stream {
  readonly ear: Ear;
  /** To be called again and again: sends what is due. */
  go(): void;
  /** The longest time since then without an arrival, up to now. */
  gapSince(ms: number): number;
  /** Numbers that have arrived of those that were sent since then. */
  arrivedSince(number: number): number;
  /** The number that comes next. */
  readonly next: number;
}

const relays = new Map<string, UdpRelay>();
let daemons: Daemons;
let clients: readonly Client[];
let streams: readonly Stream[];

beforeAll(async () => {
  for (const [from, all] of Object.entries(DIALS)) {
    for (const to of all) relays.set(`${from} ${to}`, await createUdpRelay());
  }
  daemons = await createDaemons(4, {
    network: "beaconnet",
    peersOf: (index) => PEERS[index] ?? [],
    way(from, to, udp) {
      const relay = relays.get(`${from} ${to}`);
      relay?.carryTo(udp);
      return relay?.address;
    },
  });
  await daemons.start();
  clients = [0, 1, 2, 3].map((index) => daemons.at(index).connect());
  const [a, d] = await Promise.all([
    clientOf(FROM).open(generateKey()),
    clientOf(TO).open(generateKey()),
  ]);
  streams = [createStream(a, d), createStream(d, a)];
});
afterAll(async () => {
  await daemons.end();
  await Promise.all([...relays.values()].map((relay) => relay.close()));
});

function clientOf(index: number): Client {
  const client = clients[index];
  if (client === undefined) throw new RangeError(`no daemon ${index}`);
  return client;
}

function createStream(from: Node, to: Node): Stream {
  const ear = createEar(to);
  const traffic = createNumberedTraffic(from, to.address, ear);
  // What was heard up to when, for every turn in which something was.
  const heard: { readonly atMs: number; readonly count: number }[] = [];
  let dueMs = 0;
  let next = 0;
  const listen = (): void => {
    const count = ear.numbers.length;
    if (count > (heard.at(-1)?.count ?? 0)) heard.push({ atMs: performance.now(), count });
  };
  return {
    ear,
    go() {
      listen();
      const nowMs = performance.now();
      if (nowMs < dueMs) return;
      dueMs = nowMs + EVERY_MS;
      next = traffic.send() + 1;
    },
    gapSince(ms) {
      let [last, gap] = [ms, 0];
      for (const { atMs } of [...heard, { atMs: performance.now() }]) {
        if (atMs < ms) continue;
        gap = Math.max(gap, atMs - last);
        last = atMs;
      }
      return gap;
    },
    arrivedSince: (number) => ear.numbers.filter((each) => each >= number).length,
    get next() {
      return next;
    },
  };
}

/** Sends both ways until so many messages that are sent from now on have arrived by each. */
async function flow(what: string, count: number, withinMs: number): Promise<void> {
  const firsts = streams.map(({ next }) => next);
  const arrived = (): boolean => {
    for (const stream of streams) stream.go();
    return streams.every((stream, i) => stream.arrivedSince(firsts[i] ?? 0) >= count);
  };
  await until(what, arrived, withinMs);
}

/** Resolves when all links are up, and each in the middle knows a way to both ends. */
async function whole(): Promise<void> {
  await daemons.up();
  for (const middle of MIDDLES) {
    const ends = [FROM, TO].map((end) => `${daemons.at(end).address}`);
    await untilAnswer(`daemon ${middle} is between the ends`, async () => {
      const { routes } = await clientOf(middle).status();
      const known = routes.filter(({ hops }) => hops === 1).map(({ router }) => `${router}`);
      return ends.every((end) => known.includes(end));
    });
  }
}

/** The daemon in the middle that messages take now. */
async function middleInUse(): Promise<number> {
  const { nextHop } = await clientOf(FROM).explain(daemons.at(TO).address);
  const used = MIDDLES.find((middle) => `${daemons.at(middle).address}` === `${nextHop}`);
  if (used === undefined) throw new Error(`next hop: got ${nextHop}`);
  return used;
}

const cutRelay = (from: number, to: number, isCut: boolean): void =>
  relays.get(`${from} ${to}`)?.cut(isCut);
const signal = (middle: number, name: NodeJS.Signals): void =>
  daemons.at(middle).process.kill(name);
const again = (middle: number): ReturnType<PeeredDaemon["start"]> => daemons.at(middle).start();

const CUTS: readonly Cut[] = [
  {
    name: "its first link is cut silently",
    kind: "silent",
    cut: (middle) => cutRelay(FROM, middle, true),
    mend: (middle) => cutRelay(FROM, middle, false),
  },
  {
    name: "its second link is cut silently",
    kind: "silent",
    cut: (middle) => cutRelay(middle, TO, true),
    mend: (middle) => cutRelay(middle, TO, false),
  },
  {
    name: "its daemon stands still (SIGSTOP)",
    kind: "silent",
    cut: (middle) => signal(middle, "SIGSTOP"),
    mend: (middle) => signal(middle, "SIGCONT"),
  },
  {
    name: "its daemon is killed (SIGKILL)",
    kind: "silent",
    cut: (middle) => daemons.at(middle).kill(),
    mend: again,
  },
  {
    name: "its daemon says goodbye (SIGTERM)",
    kind: "announced",
    cut: (middle) => signal(middle, "SIGTERM"),
    mend: async (middle) => {
      await daemons.at(middle).process.ended;
      await again(middle);
    },
  },
];

describe("a diamond of daemons goes on by the other way when", () => {
  it.each(CUTS)("$name", async ({ name, kind, cut, mend }) => {
    await whole();
    await flow("traffic before the cut", SOME, 10_000);
    const used = await middleInUse();
    const cutMs = performance.now();
    await cut(used);
    const claimMs = CLAIM_MS[kind];
    await flow(`traffic goes on: ${name}`, ENOUGH, PATIENCE * claimMs);
    const gaps = streams.map((stream) => stream.gapSince(cutMs));
    expect(await middleInUse()).not.toBe(used);
    await mend(used);
    await flow("traffic after the mending", SOME, 10_000);
    process.stdout.write(
      `${name}: there ${gaps.map((gap) => gap.toFixed(0)).join(" ms, back ")} ms without traffic (claimed: under ${claimMs})\n`,
    );
    expect(Math.max(...gaps)).toBeLessThan(PATIENCE * claimMs);
    for (const { ear } of streams) {
      expect(ear.twice()).toEqual([]);
      expect(ear.altered).toBe(0);
    }
  });
});
