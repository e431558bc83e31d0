// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What a client may do next, by what has become of its calls. Guards that a connection which had
 * nothing served has little to begin and to break with, and that calls which come to nothing come
 * slower the more there are of them.
 */
import { type Clock, createTokenBucket } from "../core/index.js";
import {
  FIRST_CALLS_AT_ONCE,
  FRUITLESS_AT_ONCE,
  FRUITLESS_PER_SECOND,
  GIVEN_UP_SHARE,
  LONGEST_PATIENCE_MS,
  MORE_CALLS_AT_ONCE,
} from "./constants.js";

/** The allowance of one client. */
export interface Allowance {
  /** A call of it was served: it may have more of them at once. */
  served(): void;
  /** `widen` hears how many calls it may have at once from then on, each time that becomes more. */
  onWider(widen: (calls: number) => void): void;
  /** A call of it came to nothing. */
  fruitless(): void;
  /** … because it was given up before there was an answer; false: it must be cut. */
  givenUp(): boolean;
  /** Milliseconds until its next call may begin: 0 unless too many came to nothing. */
  waitMs(): number;
}

const FRUITLESS_MS = 1000 / FRUITLESS_PER_SECOND;

/** Of a client that has done nothing yet, and may come to have `most` calls at once. */
export function createAllowance(clock: Clock, most: number): Allowance {
  let served = 0;
  let atOnce = Math.min(most, FIRST_CALLS_AT_ONCE);
  let widen = (_calls: number): void => {};
  /** When all that came to nothing would be forgiven. */
  let forgivenMs = 0;
  const bucket = () => createTokenBucket(FRUITLESS_PER_SECOND, GIVEN_UP_SHARE * atOnce);
  let given = bucket();
  const fruitless = (): void => {
    forgivenMs = Math.max(forgivenMs, clock.monotonicMs()) + FRUITLESS_MS;
  };
  const waitMs = (): number => {
    const owedMs = forgivenMs - clock.monotonicMs() - FRUITLESS_AT_ONCE * FRUITLESS_MS;
    return Math.max(0, Math.min(LONGEST_PATIENCE_MS, owedMs));
  };
  return {
    served() {
      served += 1;
      if (2 * served < atOnce || atOnce >= most) return;
      atOnce = Math.min(most, MORE_CALLS_AT_ONCE * atOnce);
      given = bucket();
      widen(atOnce);
    },
    onWider(hear) {
      widen = hear;
    },
    fruitless,
    givenUp() {
      fruitless();
      return given.take(clock.monotonicMs());
    },
    waitMs,
  };
}
