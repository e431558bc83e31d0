// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Whether a link is up: the neighbour's HELLO with our network tag came in this incarnation, there
 * is a session, a path that may be used, and it answers. Invariant: the owner hears `up` and
 * `down` in turn, and `changed` only between them.
 */
import { LOSS_STEP, REPORT_MS, RTT_STEP, SILENT_MS } from "./constants.js";
import type { DownReason, LinkQuality } from "./link.js";
import type { Path } from "./path.js";

/** What decides. */
export interface LifeSigns {
  /** There is a session to seal with. */
  readonly session: boolean;
  readonly used: Path | undefined;
  /** Milliseconds for which the used path has not answered. */
  readonly silentMs: number;
  /** Whether something sent on it should have been answered by now. */
  readonly doubtful: boolean;
}

/** Who is told. */
export interface LifeSink {
  up(nowMs: number): void;
  down(reason: DownReason, nowMs: number): void;
  changed(quality: LinkQuality, nowMs: number): void;
}

/** The life of a link. */
export interface LinkLife {
  up(): boolean;
  /** Whether HELLO came in this incarnation. */
  greeted(): boolean;
  /** HELLO came. */
  greet(): void;
  /** The link is closed, by the owner, who is told nothing. */
  close(): void;
  /** What was known of the neighbour is over; `tell`: even if the link was not up. */
  end(reason: DownReason, tell: boolean, nowMs: number): void;
  /** Looks whether anything has changed. */
  assess(signs: LifeSigns, nowMs: number): void;
}

/** What a path is like, as it is told and shown. */
export function qualityOf(path: Path | undefined, doubtful: boolean): LinkQuality {
  return {
    doubtful,
    rttMicros: Math.round((path?.rtt.smoothedMs() ?? 0) * 1000),
    loss: path?.loss.share() ?? 0,
    ratePerSecond: path?.flight.ratePerSecond() ?? 0,
  };
}

/** A link that is down. */
export function createLinkLife(sink: LifeSink): LinkLife {
  const state = { up: false, greeted: false, toldMs: Number.NEGATIVE_INFINITY, measured: false };
  let told: LinkQuality = qualityOf(undefined, false);

  const goDown = (reason: DownReason, nowMs: number): void => {
    state.up = false;
    sink.down(reason, nowMs);
  };
  const report = (path: Path, doubtful: boolean, nowMs: number): void => {
    // The first measurement is: until then the owner knows nothing of the path.
    const isNews = doubtful !== told.doubtful || (path.rtt.measured() && !state.measured);
    if (!isNews && nowMs - state.toldMs < REPORT_MS) return;
    const quality = qualityOf(path, doubtful);
    const rttChange = Math.abs(quality.rttMicros - told.rttMicros);
    const notable =
      isNews ||
      (rttChange > RTT_STEP * told.rttMicros && rttChange > 1000) ||
      Math.abs(quality.loss - told.loss) > LOSS_STEP;
    if (!notable) return;
    tell(path, quality, nowMs);
    sink.changed(quality, nowMs);
  };
  const tell = (path: Path | undefined, quality: LinkQuality, nowMs: number): void => {
    told = quality;
    state.toldMs = nowMs;
    state.measured = path?.rtt.measured() === true;
  };
  const reasonAgainst = ({ session, used, silentMs }: LifeSigns): DownReason | undefined => {
    if (!session) return "no-session";
    if (used === undefined) return "no-path";
    return silentMs >= SILENT_MS ? "silent" : undefined;
  };

  return {
    up() {
      return state.up;
    },
    greeted() {
      return state.greeted;
    },
    greet() {
      state.greeted = true;
    },
    close() {
      state.greeted = false;
      state.up = false;
    },
    end(reason, always, nowMs) {
      state.greeted = false;
      if (state.up || always) goDown(reason, nowMs);
    },
    assess(signs, nowMs) {
      const reason = reasonAgainst(signs);
      if (state.up && reason !== undefined) goDown(reason, nowMs);
      else if (!state.up && reason === undefined && state.greeted) {
        state.up = true;
        const quality = qualityOf(signs.used, signs.doubtful);
        tell(signs.used, quality, nowMs);
        sink.up(nowMs);
        // What an earlier incarnation measured is no news later: without it the owner would not know.
        if (state.up && state.measured) sink.changed(quality, nowMs);
      } else if (state.up && signs.used !== undefined) report(signs.used, signs.doubtful, nowMs);
    },
  };
}
