// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The sending half of an opening. Most rows of messages go to one destination, so it remembers
 * the one before. Invariant: a node that is gone is never sent to, however well it is remembered.
 */
import { sameAddress } from "../core/index.js";
import { MTU } from "./constants.js";
import type { NodeCounters } from "./counters.js";
import type { LocalNode } from "./local-node.js";
import type { Outbound } from "./outbound.js";
import type { Refusal } from "./refusal.js";

/** Sends in the name of one node. */
export interface Sender {
  /**
   * Sends the bytes from `start` to `end` of `buffer` to the address at `addressAt` of
   * `addresses`. Undefined: accepted; the bytes are free again. Otherwise why not.
   */
  transmit(
    addresses: Uint8Array,
    addressAt: number,
    buffer: Uint8Array,
    start: number,
    end: number,
  ): Refusal | undefined;
  /**
   * Whether a node that was sent to, or the way to one, does not keep up. Who sends in rows should
   * then wait a while; `onRelief` calls, at least once, when there may be no more reason to.
   */
  crowding(): boolean;
  onRelief(hear: () => void): void;
  /** Takes back onRelief. */
  forgetRelief(hear: () => void): void;
}

/** Where messages can go. */
export interface Destinations {
  /** The node whose address stands at `at` in `buffer`. */
  find(buffer: Uint8Array, at: number): Destination | undefined;
  /** Whatever is no node here: the daemon itself, and the network. */
  elsewhere(outbound: Outbound, ...message: Parameters<Sender["transmit"]>): Refusal | undefined;
}

/** A node that can be sent to. */
export interface Destination {
  readonly node: LocalNode;
  /** Its address as words, for a quick comparison. */
  readonly words: DataView;
  /** Whether it is still open. */
  readonly open: boolean;
}

/** A sender for the node that this belongs to. */
export function createSender(
  outbound: Outbound,
  destinations: Destinations,
  counters: NodeCounters,
): Sender {
  const { source } = outbound;
  let last: Destination | undefined;
  let crowded: LocalNode | undefined;
  let awaited: LocalNode | undefined;
  return {
    transmit(addresses, addressAt, buffer, start, end) {
      if (end - start > MTU) {
        counters.tooLarge += 1;
        return "MESSAGE_TOO_LARGE";
      }
      if (last === undefined || !last.open || !sameAddress(last.words, addresses, addressAt)) {
        last = destinations.find(addresses, addressAt);
      }
      if (last === undefined) {
        return destinations.elsewhere(outbound, addresses, addressAt, buffer, start, end);
      }
      last.node.deliver(source, 0, buffer, start, end);
      if (last.node.crowded()) crowded = last.node;
      return undefined;
    },
    crowding() {
      return outbound.crowded || crowded?.crowded() === true;
    },
    onRelief(hear) {
      if (outbound.crowded) outbound.onRelief(hear);
      awaited = crowded?.crowded() === true ? crowded : undefined;
      awaited?.onRelief(hear);
    },
    forgetRelief(hear) {
      outbound.forgetRelief(hear);
      awaited?.forgetRelief(hear);
      awaited = undefined;
    },
  };
}
