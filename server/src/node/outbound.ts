// SPDX-License-Identifier: GPL-3.0-or-later

/** What a node has under way to remote identities: whether that is too much, and who waits. */
export interface Outbound {
  /** The node's address, 32 bytes: always the same array, by which sessions know it again. */
  readonly source: Uint8Array;
  /** Whether so much waits that whoever sends in rows should wait too. */
  crowded: boolean;
  /** Calls once when it is no longer crowded, unless it is told to forget that before. */
  onRelief(hear: () => void): void;
  forgetRelief(hear: () => void): void;
  /** It is not crowded any more. */
  relieve(): void;
}

/** Nothing is under way. */
export function createOutbound(source: Uint8Array): Outbound {
  let hearers = new Set<() => void>();
  return {
    source,
    crowded: false,
    onRelief: (hear) => void hearers.add(hear),
    forgetRelief: (hear) => void hearers.delete(hear),
    relieve() {
      this.crowded = false;
      if (hearers.size === 0) return;
      const heard = hearers;
      hearers = new Set();
      for (const hear of heard) hear();
    },
  };
}
