// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which path traffic takes: pure, from what is known about each. Moves when the used path does not
 * answer and another does, or when another is clearly better. Invariant: only proven addresses are
 * ever chosen (rule L2).
 */
import {
  BETTER_MS,
  BETTER_SHARE,
  DOUBT_MS,
  DOUBT_RTTS,
  LOSS_COST_MS,
  MOVE_AGAIN_MS,
  PROBE_IDLE_MS,
  SWITCH_MS,
} from "./constants.js";
import { type Path, silentMs } from "./path.js";

/** What a path costs, in milliseconds: its shortest round trip and a share of its loss. */
export function pathCost(path: Path): number {
  return path.rtt.leastMs() + LOSS_COST_MS * path.loss.share();
}

/** Whether something sent there should have been answered long ago. */
export function inDoubt(path: Path, nowMs: number): boolean {
  return (
    path.failed || silentMs(path, nowMs) > Math.max(DOUBT_MS, DOUBT_RTTS * path.rtt.smoothedMs())
  );
}

/** Whether the used path has failed so long that one that answers takes its place. */
function toBeLeft(path: Path, nowMs: number): boolean {
  return path.failed || silentMs(path, nowMs) >= Math.max(SWITCH_MS, 4 * path.rtt.smoothedMs());
}

/** The cheapest proven path that fits; undefined when there is none. */
function cheapest(paths: readonly Path[], fits: (path: Path) => boolean): Path | undefined {
  let best: Path | undefined;
  for (const path of paths) {
    if (!path.proven || path.failed || !fits(path)) continue;
    if (best === undefined || pathCost(path) < pathCost(best)) best = path;
  }
  return best;
}

/**
 * The path to use from now on; `movedMs`: when traffic last moved. Gives the used one itself where
 * there is no reason to move.
 */
export function choosePath(
  paths: readonly Path[],
  used: Path | undefined,
  movedMs: number,
  nowMs: number,
): Path | undefined {
  if (used === undefined || !used.proven) {
    return cheapest(paths, (path) => !inDoubt(path, nowMs)) ?? cheapest(paths, () => true);
  }
  if (toBeLeft(used, nowMs)) {
    const since = used.failed ? nowMs - PROBE_IDLE_MS * 2 : used.silentSinceMs;
    const answering = (path: Path): boolean =>
      path !== used && path.aliveMs >= since && !inDoubt(path, nowMs);
    return cheapest(paths, answering) ?? used;
  }
  if (inDoubt(used, nowMs) || nowMs - movedMs < MOVE_AGAIN_MS) return used;
  const better = cheapest(
    paths,
    (path) => path !== used && path.rtt.measured() && path.silentSinceMs < 0,
  );
  if (better === undefined) return used;
  const gain = pathCost(used) - pathCost(better);
  return gain >= BETTER_MS && pathCost(better) <= BETTER_SHARE * pathCost(used) ? better : used;
}

/** A second path to send on while the used one is in doubt; undefined when none answers. */
export function secondPath(paths: readonly Path[], used: Path, nowMs: number): Path | undefined {
  if (!inDoubt(used, nowMs)) return undefined;
  return cheapest(paths, (path) => path !== used && !inDoubt(path, nowMs));
}
