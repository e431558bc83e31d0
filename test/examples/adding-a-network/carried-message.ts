// SPDX-License-Identifier: GPL-3.0-or-later

// A control message on its way to a router beyond a neighbour:
//
//     u8 16 ‖ u8 hops left (1 at least) ‖ to 32 ‖ from 32 ‖ the message
//
// Types below 16 are left to the locator's own messages. Nobody has signed it: that the router
// `from` has said it is the word of every router on the way.

import { ADDRESS_BYTES } from "@inet256/mesh256/network";

/** Every array is a view of what it was decoded from. */
export interface CarriedMessage {
  readonly hopsLeft: number;
  readonly to: Uint8Array;
  readonly from: Uint8Array;
  readonly message: Uint8Array;
}

const CARRIED = 16;
const TO_AT = 2;
const FROM_AT = TO_AT + ADDRESS_BYTES;
const MESSAGE_AT = FROM_AT + ADDRESS_BYTES;

/** The bytes of a carried message. */
export function encodeCarried({ hopsLeft, to, from, message }: CarriedMessage): Uint8Array {
  const bytes = new Uint8Array(MESSAGE_AT + message.length);
  bytes.set([CARRIED, hopsLeft]);
  bytes.set(to, TO_AT);
  bytes.set(from, FROM_AT);
  bytes.set(message, MESSAGE_AT);
  return bytes;
}

/** Takes one apart; undefined if it is none. */
export function decodeCarried(bytes: Uint8Array): CarriedMessage | undefined {
  const [type, hopsLeft = 0] = bytes;
  if (type !== CARRIED || hopsLeft === 0 || bytes.length <= MESSAGE_AT) return undefined;
  return {
    hopsLeft,
    to: bytes.subarray(TO_AT, FROM_AT),
    from: bytes.subarray(FROM_AT, MESSAGE_AT),
    message: bytes.subarray(MESSAGE_AT),
  };
}
