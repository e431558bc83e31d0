// SPDX-License-Identifier: GPL-3.0-or-later

/** Gives unpredictable bytes. A simulator hands in a seeded one. */
export interface Random {
  /** Fills the whole buffer. */
  fill(buffer: Uint8Array): void;
  /** An unsigned 32-bit integer. */
  u32(): number;
}
