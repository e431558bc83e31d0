// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * HELLO on its way out: it stands first in every datagram of a session until one of them has been
 * acknowledged, so that whichever arrives first has it.
 */
import type { Channel } from "../channel/index.js";
import { LINK_VERSION, NETWORK_TAG_BYTES } from "./constants.js";
import { copyOf } from "./copy-bytes.js";
import { helloFrameBytes, writeHello } from "./frames/hello-frame.js";

/** Our HELLO. */
export interface Greeting {
  /** Whether the session that the channel seals with now has still to be greeted. */
  due(): boolean;
  /** Bytes that it takes in the next datagram: 0 when it is not due. */
  bytes(): number;
  /** Writes it if it is due; gives the place after it. */
  write(out: Uint8Array, to: number): number;
  /** A datagram of this session with HELLO in it was acknowledged. */
  acknowledged(index: number): void;
  /** The peer has restarted, or the link begins again. */
  reset(): void;
}

/** Nobody has been greeted. */
export function createGreeting(
  channel: Channel,
  networkTag: Uint8Array,
  linkNumber: number,
  windowBytes: number,
): Greeting {
  const tag = copyOf(networkTag, 0, NETWORK_TAG_BYTES);
  const size = helloFrameBytes(windowBytes);
  // The session that has acknowledged it; -1 for none (0 is no index either, but could be taken).
  const state = { index: -1 };
  return {
    due() {
      return channel.sendingIndex() !== state.index;
    },
    bytes() {
      return channel.sendingIndex() !== state.index ? size : 0;
    },
    write(out, to) {
      if (channel.sendingIndex() === state.index) return to;
      return writeHello(out, to, LINK_VERSION, tag, linkNumber, windowBytes);
    },
    acknowledged(index) {
      if (index === channel.sendingIndex()) state.index = index;
    },
    reset() {
      state.index = -1;
    },
  };
}
