// SPDX-License-Identifier: GPL-3.0-or-later

// Who has been told that it is not wanted (S14): once, then silence.

import { createLru } from "../core/index.js";
import { REFUSED_MS, REFUSED_REMEMBERED } from "./constants.js";

/** Remembers them for a while. */
export interface Refusals {
  /** Whether this identity is to be told now. */
  tell(address: Uint8Array, nowMs: number): boolean;
}

/** Nobody has been told. */
export function createRefusals(): Refusals {
  const toldMs = createLru<string, number>(REFUSED_REMEMBERED);
  return {
    tell(address, nowMs) {
      const name = Buffer.from(address).toString("latin1");
      const lastMs = toldMs.get(name);
      if (lastMs !== undefined && nowMs - lastMs < REFUSED_MS) return false;
      toldMs.set(name, nowMs);
      return true;
    },
  };
}
