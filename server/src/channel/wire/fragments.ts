// SPDX-License-Identifier: GPL-3.0-or-later

// Messages 2 and 3 as datagrams (F1): one, or up to 15 that carry at most 1,156 bytes of the
// message each, under the same header but for its fragment byte.

import { FRAGMENT_BODY_BYTES, HANDSHAKE_HEADER_BYTES, MOST_MESSAGE_BYTES } from "../constants.js";
import { type HandshakeHeader, writeHandshakeHeader } from "./handshake-header.js";

/** How many datagrams a message of so many bytes takes. */
export function fragmentsOf(messageBytes: number, mayFragment: boolean): number {
  if (!mayFragment) return 1;
  return Math.max(1, Math.ceil(messageBytes / FRAGMENT_BODY_BYTES));
}

/** The datagrams of a message from `sender` to `receiver`; none if it is too long to be sent. */
export function encodeMessage(
  type: number,
  { sender, receiver }: Pick<HandshakeHeader, "sender" | "receiver">,
  message: Uint8Array,
  mayFragment: boolean,
): readonly Uint8Array[] {
  if (message.length > MOST_MESSAGE_BYTES) return [];
  const fragments = fragmentsOf(message.length, mayFragment);
  const step = mayFragment ? FRAGMENT_BODY_BYTES : message.length;
  return Array.from({ length: fragments }, (_, fragment) => {
    const body = message.subarray(fragment * step, (fragment + 1) * step);
    const datagram = new Uint8Array(HANDSHAKE_HEADER_BYTES + body.length);
    writeHandshakeHeader(datagram, type, { fragment, fragments, flags: 0, sender, receiver });
    datagram.set(body, HANDSHAKE_HEADER_BYTES);
    return datagram;
  });
}
