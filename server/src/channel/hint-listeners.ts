// SPDX-License-Identifier: GPL-3.0-or-later

// Who hears of a hint (S12): the channels that seal for the index it names. Peers choose their
// indices, so several may have the same one, by chance or to be in the way: all of them hear.

/** A channel, as far as hints go. */
export interface HintListener {
  /** A hint about this index of a peer, with the counter that it claims to have seen. */
  hinted(index: number, counter: number, nowMs: number): void;
}

/** Listeners by the index of the peer that each seals for. */
export interface HintListeners {
  add(index: number, listener: HintListener): void;
  remove(index: number, listener: HintListener): void;
  /** Tells those of this index; false if there are none. */
  tell(index: number, counter: number, nowMs: number): boolean;
}

/** No listeners. */
export function createHintListeners(): HintListeners {
  const listeners = new Map<number, readonly HintListener[]>();
  return {
    add(index, listener) {
      listeners.set(index, [...(listeners.get(index) ?? []), listener]);
    },
    remove(index, listener) {
      const others = (listeners.get(index) ?? []).filter((other) => other !== listener);
      if (others.length > 0) listeners.set(index, others);
      else listeners.delete(index);
    },
    tell(index, counter, nowMs) {
      const those = listeners.get(index);
      for (const listener of those ?? []) listener.hinted(index, counter, nowMs);
      return those !== undefined;
    },
  };
}
