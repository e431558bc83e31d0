// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Looks after the paths of a link: probes them, chooses the one to use, tries larger datagrams, and
 * doubts the session when none answers. Woken every 100 ms while anything is unanswered, seldom
 * otherwise.
 */
import type { Channel } from "../channel/index.js";
import { createDeadline, type Deadlines } from "../core/index.js";
import {
  BUSY_MS,
  DOUBT_SESSION_AGAIN_MS,
  DOUBT_SESSION_MS,
  OUTAGE_MS,
  PROBE_DOUBT_MS,
} from "./constants.js";
import type { Delivery } from "./delivery.js";
import type { LoneDatagrams } from "./lone-datagram.js";
import { type Path, silentMs } from "./path.js";
import { choosePath, inDoubt, secondPath } from "./path-choice.js";
import type { PathProber } from "./path-prober.js";
import type { Paths } from "./paths.js";

/** Looks after paths. */
export interface PathKeeper {
  /** Packets went out: the paths will be looked at soon. */
  busy(nowMs: number): void;
  /** Something happened that may change which path is best, or what is to be asked. */
  look(nowMs: number): void;
  /** Tries the next size of a path if it is time. */
  tryLarger(path: Path, nowMs: number): void;
  /** The path that gets the same datagrams as the used one: undefined while that is not in doubt. */
  second(nowMs: number): Path | undefined;
  /** Milliseconds for which nothing has been answered on the used path. */
  silentMs(nowMs: number): number;
  /** How often traffic has moved. */
  moves(): number;
  /** Stops looking until `look`. */
  rest(): void;
}

/** What a keeper needs. */
export interface PathKeeperOptions {
  readonly channel: Channel;
  readonly paths: Paths;
  readonly prober: PathProber;
  readonly delivery: Delivery;
  readonly lone: LoneDatagrams;
  readonly deadlines: Deadlines;
  /** Whether packets wait for room on the path: what is lost has to be found soon. */
  readonly blocked: () => boolean;
  /** Called after each look. */
  readonly looked: (nowMs: number) => void;
  /** The link's time is to be this. */
  readonly tick: (nowMs: number) => void;
}

/** A keeper that has not looked yet. */
export function createPathKeeper(options: PathKeeperOptions): PathKeeper {
  const { channel, paths, prober, delivery, lone, deadlines } = options;
  const deadline = createDeadline((nowMs) => {
    state.wakeMs = Number.POSITIVE_INFINITY;
    options.tick(nowMs);
    look(nowMs);
  });
  const state = {
    wakeMs: Number.POSITIVE_INFINITY,
    busyMs: Number.NEGATIVE_INFINITY,
    movedMs: Number.NEGATIVE_INFINITY,
    doubtedMs: Number.NEGATIVE_INFINITY,
    moves: 0,
    looking: false,
    resting: false,
  };

  const wakeAt = (atMs: number): void => {
    if (atMs === state.wakeMs || atMs === Number.POSITIVE_INFINITY) return;
    state.wakeMs = atMs;
    deadlines.set(deadline, atMs);
  };
  const silence = (nowMs: number): number =>
    paths.used === undefined ? 0 : silentMs(paths.used, nowMs);
  const doubtful = (nowMs: number): boolean =>
    paths.used === undefined || inDoubt(paths.used, nowMs);
  const choose = (nowMs: number): void => {
    const { used } = paths;
    const chosen = choosePath(paths.all, used, state.movedMs, nowMs);
    if (chosen === used) return;
    if (used !== undefined) {
      state.moves += 1;
      state.movedMs = nowMs;
    }
    paths.use(chosen);
  };
  const doubtSession = (nowMs: number): void => {
    if (silence(nowMs) < DOUBT_SESSION_MS) return;
    if (nowMs - state.doubtedMs < DOUBT_SESSION_AGAIN_MS) return;
    state.doubtedMs = nowMs;
    channel.doubt(nowMs);
  };
  const tryLarger = (path: Path, nowMs: number): void => {
    if (!path.proven || inDoubt(path, nowMs) || !channel.ready()) return;
    const bytes = path.mtu.probe(nowMs);
    if (bytes === 0) return;
    if (!lone.probe(path, bytes)) path.mtu.probeForgotten();
  };
  const paceMs = (): number => {
    if (!options.blocked() || paths.used === undefined) return PROBE_DOUBT_MS;
    return Math.min(PROBE_DOUBT_MS, paths.used.rtt.reorderedMs());
  };
  // Whether something may be found lost or silent before the next probe.
  const pressing = (nowMs: number): boolean => {
    if (delivery.open() > 0) return true;
    for (const path of paths.all) {
      if (path.silentSinceMs >= 0 && silentMs(path, nowMs) < OUTAGE_MS) return true;
    }
    return false;
  };
  // The acknowledgement of the last datagrams may be what was lost: whatever is sent next brings
  // it again. So one probe goes out before they count as lost.
  const askAboutTail = (nowMs: number): void => {
    const { used } = paths;
    if (used === undefined || used.probes > 0 || delivery.open() === 0 || !channel.ready()) return;
    if (silentMs(used, nowMs) > used.rtt.reorderedMs()) prober.ask(used, nowMs);
  };
  function look(nowMs: number): void {
    if (state.looking) return;
    state.looking = true;
    state.resting = false;
    delivery.findLost(nowMs);
    askAboutTail(nowMs);
    choose(nowMs);
    const mood = { busy: nowMs - state.busyMs < BUSY_MS, doubt: doubtful(nowMs) };
    const nextMs = channel.ready() ? prober.work(mood, nowMs) : Number.POSITIVE_INFINITY;
    for (const path of paths.all) tryLarger(path, nowMs);
    doubtSession(nowMs);
    options.looked(nowMs);
    state.looking = false;
    // Who was told something may have ended the link.
    if (state.resting) return;
    const soonMs = pressing(nowMs) ? nowMs + paceMs() : Number.POSITIVE_INFINITY;
    wakeAt(Math.max(nowMs + 1, Math.min(nextMs, soonMs)));
  }

  return {
    busy(nowMs) {
      state.busyMs = nowMs;
      if (state.wakeMs > nowMs + PROBE_DOUBT_MS) wakeAt(nowMs + paceMs());
    },
    look,
    tryLarger,
    second(nowMs) {
      const { used } = paths;
      return used === undefined ? undefined : secondPath(paths.all, used, nowMs);
    },
    silentMs: silence,
    moves() {
      return state.moves;
    },
    rest() {
      state.resting = true;
      deadlines.clear(deadline);
      state.wakeMs = Number.POSITIVE_INFINITY;
    },
  };
}
