// SPDX-License-Identifier: GPL-3.0-or-later

// Puts messages 2 and 3 together again (F2): only for handshakes that exist, and bounded.

import {
  FRAGMENT_BODY_BYTES,
  FRAGMENTED_PER_SOURCE,
  FRAGMENTS_BYTES,
  FRAGMENTS_MS,
  HANDSHAKE_HEADER_BYTES,
  MOST_FRAGMENTED,
  MOST_MESSAGE_BYTES,
} from "./constants.js";
import type { HandshakeHeader } from "./wire/handshake-header.js";

/** Fragments that wait for others. */
export interface Reassembly {
  /**
   * The whole message, if this datagram completes it: a view of the datagram if it is whole by
   * itself. What has been handed over is forgotten: whoever spoils a fragment spoils one try.
   * `source`: with whom the handshake is, whose room it takes; not where the datagram says that it
   * comes from, which anybody can write.
   */
  add(
    datagram: Uint8Array,
    header: HandshakeHeader,
    source: string,
    nowMs: number,
  ): Uint8Array | undefined;
  /** Bytes that wait. */
  bytes(): number;
}

interface Partial {
  readonly source: string;
  readonly parts: (Uint8Array | undefined)[];
  readonly createdMs: number;
  missing: number;
  bytes: number;
}

const fits = (bytes: number): boolean => bytes > 0 && bytes <= FRAGMENT_BODY_BYTES;

/** An empty one. `dropped` is told of each fragment that is not kept. */
export function createReassembly(dropped: () => void): Reassembly {
  // In the order in which they began.
  const partials = new Map<string, Partial>();
  let bytes = 0;

  const forget = (key: string, partial: Partial): void => {
    bytes -= partial.bytes;
    partials.delete(key);
  };
  const makeRoom = (source: string, nowMs: number): void => {
    let ofSource = 0;
    for (const partial of partials.values()) if (partial.source === source) ofSource += 1;
    for (const [key, partial] of partials) {
      const old = nowMs - partial.createdMs > FRAGMENTS_MS;
      const tooMany = partial.source === source && ofSource >= FRAGMENTED_PER_SOURCE;
      const room = partials.size < MOST_FRAGMENTED && bytes + MOST_MESSAGE_BYTES <= FRAGMENTS_BYTES;
      if (!old && !tooMany && room) continue;
      if (partial.source === source) ofSource -= 1;
      forget(key, partial);
    }
  };
  const begin = (key: string, source: string, count: number, nowMs: number): Partial => {
    makeRoom(source, nowMs);
    const parts = new Array<Uint8Array | undefined>(count).fill(undefined);
    const partial: Partial = { source, parts, createdMs: nowMs, missing: count, bytes: 0 };
    partials.set(key, partial);
    return partial;
  };
  return {
    add(datagram, header, source, nowMs) {
      const body = datagram.subarray(HANDSHAKE_HEADER_BYTES);
      if (header.fragments === 1) return body;
      const last = header.fragment === header.fragments - 1;
      if (last ? !fits(body.length) : body.length !== FRAGMENT_BODY_BYTES) return void dropped();
      const { receiver, sender, fragment, fragments } = header;
      // The count too: a forged one must not stand in the way of the true one.
      const key = `${datagram[0]} ${receiver} ${sender} ${fragments}`;
      let partial = partials.get(key);
      if (partial !== undefined && nowMs - partial.createdMs > FRAGMENTS_MS) {
        forget(key, partial);
        partial = undefined;
      }
      partial ??= begin(key, source, fragments, nowMs);
      if (partial.parts[fragment] !== undefined) return void dropped();
      partial.parts[fragment] = body.slice();
      partial.bytes += body.length;
      bytes += body.length;
      partial.missing -= 1;
      if (partial.missing > 0) return undefined;
      forget(key, partial);
      const message = Buffer.concat(partial.parts.filter((part) => part !== undefined));
      return message.length <= MOST_MESSAGE_BYTES ? message : void dropped();
    },
    bytes() {
      return bytes;
    },
  };
}
