// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Asks paths whether they answer: to prove a new address (rule L2), to keep a NAT's mapping, to
 * know what the paths beside the used one are worth, and to find out quickly which is dead. A
 * learned address gets three challenges at most, and never more bytes than came from it.
 */
import type { Random } from "../core/index.js";
import {
  CHALLENGE_AGAIN_MS,
  CHALLENGE_MS,
  CHALLENGE_TRIES,
  DOUBT_MS,
  KEEPALIVE_MS,
  OUTAGE_MS,
  PROBE_BUSY_MS,
  PROBE_DOUBT_MS,
  PROBE_IDLE_MS,
  PROBE_LONG_OUTAGE_MS,
  PROBE_OUTAGE_MS,
  PROBE_SLOWEST_MS,
  REVALIDATE_MS,
  SILENT_MS,
} from "./constants.js";
import { noteAlive, noteAsked, noteProven, type Path, silentMs } from "./path.js";
import type { Paths } from "./paths.js";

/** How much a link has to do, and how well it does. */
export interface ProbingMood {
  /** Packets flow, or did a moment ago. */
  readonly busy: boolean;
  /** The used path is in doubt. */
  readonly doubt: boolean;
}

/** The prober of a link. */
export interface PathProber {
  /** Sends the challenges that are due; gives when the next one is, Infinity for never. */
  work(mood: ProbingMood, nowMs: number): number;
  /** Something authentic came from a path: it may have to be asked at once. */
  heard(path: Path, nowMs: number): void;
  /**
   * Something came from a path that may be used and is not, while the used one is quiet: the peer
   * may not be there any more. True when the used one was asked.
   */
  heardElsewhere(nowMs: number): boolean;
  /** Asks a path at once, unless it was asked a moment ago. */
  ask(path: Path, nowMs: number): void;
  /** The same, however recently it was asked: what it answered then says nothing of now. */
  askAnyhow(path: Path, nowMs: number): void;
  /** An answer came from `from`; true when it makes that address proven. */
  answered(buffer: Uint8Array, at: number, from: Path, nowMs: number): boolean;
}

/** `challenge` sends a challenge to a path, its bytes at `at`; false when it could not be sent. */
export function createPathProber(
  paths: Paths,
  random: Random,
  challenge: (path: Path, bytes: Uint8Array, at: number, nowMs: number) => boolean,
): PathProber {
  // Spread, so that two ends and many links do not probe at the same instant.
  const idleMs = PROBE_IDLE_MS * (0.75 + (0.25 * (random.u32() >>> 16)) / 0x1_0000);

  const send = (path: Path, nowMs: number): void => {
    const at = path.challenges.create(nowMs);
    path.probeMs = nowMs;
    if (!challenge(path, path.challenges.bytes, at, nowMs)) return;
    path.probes += 1;
    noteAsked(path, nowMs);
  };
  const backoffMs = (path: Path): number => {
    const firstMs = path.rtt.measured()
      ? Math.max(CHALLENGE_MS, 1.5 * path.rtt.smoothedMs())
      : CHALLENGE_MS;
    return Math.min(firstMs * 2 ** Math.min(Math.max(0, path.probes - 1), 10), PROBE_SLOWEST_MS);
  };
  const doubtMs = (path: Path, nowMs: number): number => {
    const silence = silentMs(path, nowMs);
    if (silence < SILENT_MS) return PROBE_DOUBT_MS;
    return silence < OUTAGE_MS ? PROBE_OUTAGE_MS : PROBE_LONG_OUTAGE_MS;
  };
  // A learned address that was silent for long may be somebody else's by now (L2).
  const outdated = (path: Path, nowMs: number): boolean =>
    path.kind === "learned" && path.proven && nowMs - path.heardMs > REVALIDATE_MS;
  const mayLearn = (path: Path): boolean => path.probes < CHALLENGE_TRIES && path.creditBytes > 0;
  // When the next challenge to a path is due.
  const dueMs = (path: Path, mood: ProbingMood, nowMs: number): number => {
    const used = path === paths.used;
    if (path.probeMs < 0) return path.kind !== "learned" || mayLearn(path) ? 0 : Infinity;
    if (!path.proven) {
      if (path.kind === "learned" && !mayLearn(path)) return Infinity;
      return path.probeMs + backoffMs(path);
    }
    if (mood.doubt) return path.probeMs + doubtMs(path, nowMs);
    if (used) return Math.max(path.probeMs, Math.min(path.sentMs, path.aliveMs)) + KEEPALIVE_MS;
    if (path.probes > 0) return path.probeMs + backoffMs(path);
    return path.probeMs + (mood.busy ? PROBE_BUSY_MS : idleMs);
  };

  return {
    work(mood, nowMs) {
      let nextMs = Infinity;
      for (const path of paths.all) {
        if (outdated(path, nowMs)) paths.disprove(path);
        if (dueMs(path, mood, nowMs) <= nowMs) send(path, nowMs);
        nextMs = Math.min(nextMs, dueMs(path, mood, nowMs));
      }
      return nextMs;
    },
    heard(path, nowMs) {
      if (path.proven) return;
      // One that did not answer is asked again when it still sends after a while.
      if (path.probes >= CHALLENGE_TRIES && nowMs - path.probeMs >= CHALLENGE_AGAIN_MS) {
        path.probes = 0;
      }
      if (path.probes === 0) send(path, nowMs);
    },
    heardElsewhere(nowMs) {
      const { used } = paths;
      if (used === undefined || nowMs - used.heardMs < DOUBT_MS) return false;
      if (nowMs - used.probeMs < PROBE_BUSY_MS) return false;
      send(used, nowMs);
      return true;
    },
    ask(path, nowMs) {
      if (path.kind === "learned" && !path.proven) return;
      if (path.probeMs < 0 || nowMs - path.probeMs >= PROBE_DOUBT_MS) send(path, nowMs);
    },
    askAnyhow(path, nowMs) {
      if (path.proven) send(path, nowMs);
    },
    answered(buffer, at, from, nowMs) {
      for (const path of paths.all) {
        const sentMs = path.challenges.answer(buffer, at);
        if (sentMs < 0) continue;
        if (path !== from) {
          // This proves nothing about the address it came from. Where that is a stranger's, who may
          // copy what comes by the right way, the way there works.
          if (!from.proven) noteAlive(path, nowMs);
          return false;
        }
        if (sentMs > paths.againMs) path.rtt.sample(nowMs - sentMs, nowMs);
        path.mtu.arrived(0);
        const first = !path.proven;
        noteProven(path, nowMs);
        return first;
      }
      return false;
    },
  };
}
