// SPDX-License-Identifier: GPL-3.0-or-later

import { LOSS_PRIOR, LOSS_WINDOW } from "./constants.js";

/** The share of datagrams that are lost on one path, 0 to 1, over the last some hundred. */
export interface LossShare {
  share(): number;
  note(lost: boolean): void;
}

/**
 * None lost yet. Both kinds are counted and halved together: a loss is known later than an arrival,
 * so at the end of a burst of traffic losses come in a row, which a running mean would overrate.
 */
export function createLossShare(): LossShare {
  const state = { lost: 0, all: LOSS_PRIOR };
  return {
    share() {
      return state.lost / state.all;
    },
    note(lost) {
      state.all += 1;
      if (lost) state.lost += 1;
      if (state.all < LOSS_WINDOW) return;
      state.all /= 2;
      state.lost /= 2;
    },
  };
}
