// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The laboratory's time: one event loop for any number of hosts in one process, on a clock that
 * moves from event to event. A turn is everything that happens at one instant, and then the ends of
 * the turn; what that asks for at the same instant is the next turn. Invariant: the same seed and
 * the same calls give the same run, event for event; nothing waits for real time.
 */
import { createSeededRandom, type SeededRandom } from "../support/seeded-random.js";
import { createEventLoop } from "./event-loop.js";
import { createHost, type Host, type HostKernel } from "./host.js";
import { createSpinGuard } from "./spin-guard.js";

/** A world of hosts. */
export interface World {
  readonly seed: number;
  /** Milliseconds since a start that is not 0, so that a forgotten clock shows. */
  readonly nowMs: number;
  /** A machine with a process; RangeError while one of this name is alive. */
  host(name: string): Host;
  /** A random source for one purpose: what others draw does not change what it gives. */
  random(purpose: string): SeededRandom;
  /** Calls `fire` so much later, whatever hosts do; returns how to call it off. */
  after(delayMs: number, fire: () => void): () => void;
  /** As `after`, for a host: not if it was killed, late if it stands still. */
  afterOn(host: Host, delayMs: number, fire: () => void): () => void;
  /** Lets so much time pass. */
  run(forMs: number): void;
  /**
   * Lets time pass until the condition holds, looked at after each turn: how many milliseconds it
   * took. Throws, naming it, when it does not come to hold in time.
   */
  runUntil(what: string, condition: () => boolean, withinMs?: number): number;
  /** Events and ends of turns so far: a measure of work, and of being the same. */
  readonly events: number;
}

/** What a world is made of. */
export interface WorldOptions {
  readonly seed: number;
  /** Events within a second of virtual time beyond which the run is taken for a spin: 2,000,000. */
  readonly eventsPerSecond?: number;
}

const START_MS = 1_000;
const EVENTS_PER_SECOND = 2_000_000;
const WITHIN_MS = 60_000;

/** A world in which nothing has happened yet. */
export function createWorld(options: WorldOptions): World {
  const { seed, eventsPerSecond = EVENTS_PER_SECOND } = options;
  const guard = createSpinGuard(eventsPerSecond, seed);
  const hosts = createHosts();
  const loop = createEventLoop(START_MS, guard, hosts.pausedUntil);
  const random = (purpose: string): SeededRandom => createSeededRandom(mix(seed, purpose));
  const kernel: HostKernel = {
    nowMs: () => loop.nowMs,
    schedule: loop.schedule,
    atEnd: loop.atEnd,
    pause: hosts.pause,
    kill: hosts.remove,
    random,
  };
  return {
    seed,
    get nowMs() {
      return loop.nowMs;
    },
    host: (name) => hosts.add(name, (id) => createHost(kernel, name, id)),
    random,
    after: (delayMs, fire) => loop.schedule(undefined, loop.nowMs + delayMs, fire),
    afterOn: (host, delayMs, fire) => loop.schedule(host, loop.nowMs + delayMs, fire),
    run(forMs) {
      const untilMs = loop.nowMs + forMs;
      loop.runTo(untilMs, () => false);
      loop.moveTo(untilMs);
    },
    runUntil(what, condition, withinMs = WITHIN_MS) {
      const startMs = loop.nowMs;
      if (loop.runTo(startMs + withinMs, condition)) return loop.nowMs - startMs;
      loop.moveTo(startMs + withinMs);
      throw new Error(`not within ${withinMs} ms of the world's time: ${what} (seed ${seed})`);
    },
    get events() {
      return guard.events;
    },
  };
}

/** The hosts that are alive, and which of them stand still. */
function createHosts() {
  const alive = new Map<string, Host>();
  const starts = new Map<string, number>();
  const paused = new Map<Host, number>();
  return {
    add(name: string, create: (id: string) => Host): Host {
      if (alive.has(name)) throw new RangeError(`name: ${name} is alive already`);
      const start = (starts.get(name) ?? 0) + 1;
      starts.set(name, start);
      const host = create(start === 1 ? name : `${name}#${start}`);
      alive.set(name, host);
      return host;
    },
    pause: (host: Host, untilMs: number): void => void paused.set(host, untilMs),
    pausedUntil: (host: Host | undefined): number =>
      host === undefined || paused.size === 0 ? 0 : (paused.get(host) ?? 0),
    remove(host: Host): void {
      paused.delete(host);
      if (alive.get(host.name) === host) alive.delete(host.name);
    },
  };
}

/** A seed for a purpose: FNV-1a over its text, begun with the world's seed, and mixed. */
function mix(seed: number, purpose: string): number {
  let hash = Math.imul(seed ^ 0x811c9dc5, 0x9e3779b1);
  for (let i = 0; i < purpose.length; i++) {
    hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
