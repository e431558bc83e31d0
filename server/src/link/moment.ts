// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The time that a link was told last. What happens at the end of a turn happens at that time: a
 * room reads no clock.
 */
export interface Moment {
  /** Monotonic milliseconds. */
  nowMs: number;
}
