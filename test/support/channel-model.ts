// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Random lives of two or three hosts: loss, duplication, reordering, cuts, restarts, doubts,
 * crossing initiations and an adversary. What must always hold is looked at after every step; what
 * must hold in the end, once the wire is whole and nobody is hostile any more, at the end.
 */
import { createChannelAdversary } from "./channel-adversary.js";
import { type ChannelLab, createChannelLab, type LabHost } from "./channel-lab.js";
import { createSeededRandom, type SeededRandom } from "./seeded-random.js";
import { createToyCrypto } from "./toy-crypto.js";
import { type WatchedCrypto, watchCrypto } from "./watched-crypto.js";

/** How a life went. */
export interface Life {
  /** What did not hold; empty if all did. */
  readonly wrong: readonly string[];
  /** Ms from the end of the trouble until each host had heard from each other. */
  readonly recoveredMs: number;
  readonly arrived: number;
  readonly sent: number;
  readonly sessions: number;
  readonly restarts: number;
}

/** Message 1 that one host may send to one other within a second of the clock. */
const MOST_MESSAGE_1 = 10;
/** 3 sessions (S9), and an attempt. */
const MOST_INDICES_PER_PEER = 4;
const RECOVERY_MS = 30_000;

interface World {
  readonly lab: ChannelLab;
  readonly hosts: readonly LabHost[];
  readonly random: SeededRandom;
  readonly watched: WatchedCrypto;
  readonly wrong: string[];
  /** "from>to:bytes" of what was sent, and of what has arrived. */
  readonly truth: Set<string>;
  readonly seen: Set<string>;
  readonly looked: Map<LabHost, number>;
  /** When somebody restarted, or stopped an attempt. */
  readonly anew: number[];
  sent: number;
  restarts: number;
  sessions: number;
}

/** Lives one life: the same seed, the same life. */
export function live(layer: "link" | "session", seed: number): Life {
  const world = createWorld(layer, seed);
  const { lab, hosts, random } = world;
  const adversary = createChannelAdversary(lab, hosts, random);
  const hostile = random.oneIn(4) ? 0 : 1 + random.below(4);
  makeTrouble(world);
  const steps = 40 + random.below(80);
  for (let step = 0; step < steps && world.wrong.length === 0; step++) {
    act(world);
    for (let i = 0; i < hostile; i++) adversary.act();
    lab.run(random.pick([0, 1, 10, 50, 250, 250, 1_000]));
    check(world);
  }
  const recoveredMs = recover(world);
  end(world);
  const { wrong, sent, restarts, sessions } = world;
  return { wrong, recoveredMs, arrived: world.seen.size, sent, sessions, restarts };
}

function createWorld(layer: "link" | "session", seed: number): World {
  const watched = watchCrypto(createToyCrypto());
  const lab = createChannelLab({ layer, seed, crypto: watched.crypto });
  const random = createSeededRandom(seed ^ 0x5eed);
  const hosts = ["alice", "bob", "carol"]
    .slice(0, 2 + random.below(2))
    .map((name) => lab.host(name));
  return {
    lab,
    hosts,
    random,
    watched,
    wrong: [],
    truth: new Set(),
    seen: new Set(),
    looked: new Map(),
    anew: [],
    sent: 0,
    restarts: 0,
    sessions: 0,
  };
}

const cuts = new WeakMap<ChannelLab, Map<string, number>>();

function makeTrouble({ lab, random }: World): void {
  const loss = random.pick([0, 0, 5, 15, 30]);
  const doubled = random.pick([0, 10, 30]);
  const spreadMs = random.pick([1, 50, 400, 3_000]);
  const cut = new Map<string, number>();
  cuts.set(lab, cut);
  const delay = () => ({
    delayMs: 1 + random.below(random.oneIn(10) ? spreadMs : spreadMs / 4 + 1),
  });
  lab.fate = ({ from, to }) => {
    if (lab.nowMs < (cut.get(`${from.name}>${to.name}`) ?? 0)) return [];
    if (random.below(100) < loss) return [];
    return random.below(100) < doubled ? [delay(), delay()] : [delay()];
  };
}

/** What the hosts and the world do. */
function act(world: World): void {
  const { lab, hosts, random } = world;
  const from = random.pick(hosts);
  const to = random.pick(hosts.filter((host) => host !== from));
  const nowMs = lab.clock.monotonicMs();
  const dice = random.below(100);
  if (dice < 4) restart(world, from);
  else if (dice < 10)
    cuts.get(lab)?.set(`${from.name}>${to.name}`, lab.nowMs + random.below(4_000));
  else if (dice < 15) from.channelTo(to).doubt(nowMs);
  else if (dice < 19) from.channelTo(to).wayCameUp(nowMs);
  else if (dice < 23) {
    world.anew.push(lab.nowMs);
    from.channelTo(to).rest();
  } else if (dice < 25) lab.run(random.pick([10_000, 60_000, 130_000, 200_000]));
  else if (dice < 40) {
    say(world, from, to);
    say(world, to, from);
  } else for (let i = random.below(4); i >= 0; i--) say(world, from, to);
}

function say(world: World, from: LabHost, to: LabHost): void {
  const { truth, random } = world;
  world.sent += 1;
  const bytes = random.bytes(8 + random.below(40));
  truth.add(`${from.name}>${to.name}:${Buffer.from(bytes).toString("hex")}`);
  from.send(to, bytes);
}

function restart(world: World, host: LabHost): void {
  const { credentials, endpoint } = host;
  countSessions(world, host);
  endpoint.close();
  credentials.wipe();
  host.restart();
  world.restarts += 1;
  world.anew.push(world.lab.nowMs);
}

function countSessions(world: World, host: LabHost): void {
  world.sessions += host.endpoint.counters.handshakesCompleted;
}

/** What holds at any time. */
function check(world: World): void {
  const { lab, hosts, watched, wrong, truth, seen, looked } = world;
  for (const host of hosts) {
    for (const { peer, bytes, from } of host.arrivals.slice(looked.get(host) ?? 0)) {
      const what = `${peer}>${host.name}:${Buffer.from(bytes).toString("hex")}`;
      if (!truth.has(what)) wrong.push(`${lab.nowMs}: never sent: ${what}`);
      if (seen.has(what)) wrong.push(`${lab.nowMs}: twice: ${what}`);
      if (lab.rules.id === 2 && from !== peer) wrong.push(`${lab.nowMs}: from ${from}: ${what}`);
      seen.add(what);
    }
    looked.set(host, host.arrivals.length);
    const [indices, halfOpen] = [host.endpoint.indices(), host.endpoint.halfOpen()];
    if (indices - halfOpen > MOST_INDICES_PER_PEER * (hosts.length - 1)) {
      wrong.push(`${lab.nowMs}: ${host.name} holds ${indices} indices, ${halfOpen} half-open`);
    }
  }
  if (watched.repeats > 0) wrong.push(`${lab.nowMs}: sealed twice with one counter`);
}

/** The wire is whole: when has everybody heard from everybody? */
function recover(world: World): number {
  const { lab, hosts } = world;
  lab.fate = () => [{ delayMs: 10 }];
  const startMs = lab.nowMs;
  const pairs = hosts.flatMap((from) =>
    hosts.filter((to) => to !== from).map((to) => ({ from, to })),
  );
  const heard = ({ from, to }: { from: LabHost; to: LabHost }): boolean =>
    to.arrivals.some(({ peer, atMs }) => peer === from.name && atMs > startMs + 20);
  while (!pairs.every(heard)) {
    if (lab.nowMs - startMs > RECOVERY_MS) {
      world.wrong.push("somebody is still not heard");
      break;
    }
    for (const { from, to } of pairs) say(world, from, to);
    lab.run(50);
    check(world);
  }
  return lab.nowMs - startMs;
}

/** Everybody goes: nothing is left behind. */
function end(world: World): void {
  const { lab, hosts, watched, wrong } = world;
  wrong.push(...storms(world));
  lab.fate = () => [];
  lab.run(5_000);
  check(world);
  for (const host of hosts) {
    countSessions(world, host);
    host.endpoint.close();
    host.credentials.wipe();
    if (host.endpoint.indices() !== 0) wrong.push(`${host.name} keeps indices after its end`);
  }
  if (lab.clock.armedForMs !== undefined) wrong.push("a deadline outlives its endpoint");
  if (watched.unwiped() > 0) wrong.push(`${watched.unwiped()} keys are not wiped`);
}

/**
 * Where message 1 comes too often from one host to another: too many in a second, or three attempts
 * within 2 s (S12) though nobody made it begin anew.
 */
function storms({ lab, anew }: World): string[] {
  const seconds = new Map<string, number>();
  const attempts = new Map<string, { key: string; atMs: number }[]>();
  for (const { bytes, from, to, atMs } of lab.sent) {
    if (bytes[0] !== 0x51) continue;
    const second = `${from.name}>${to.name} in second ${Math.floor(atMs / 1_000)}`;
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
    const key = Buffer.from(bytes.subarray(4, 44)).toString("hex");
    const begun = attempts.get(`${from.name}>${to.name}`) ?? [];
    attempts.set(`${from.name}>${to.name}`, begun);
    if (!begun.some((other) => other.key === key)) begun.push({ key, atMs });
  }
  const wrong = [...seconds]
    .filter(([, count]) => count > MOST_MESSAGE_1)
    .map(([second, count]) => `${count} message 1 ${second}`);
  for (const [pair, begun] of attempts) {
    begun.forEach(({ atMs }, i) => {
      const firstMs = begun[i - 2]?.atMs ?? Number.NEGATIVE_INFINITY;
      const excused = anew.some((ms) => ms >= firstMs && ms <= atMs);
      if (atMs - firstMs < 2_000 && !excused) wrong.push(`three attempts ${pair} until ${atMs}`);
    });
  }
  return wrong;
}
