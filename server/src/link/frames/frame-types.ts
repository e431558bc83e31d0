// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The plaintext of a link datagram is a sequence of frames: u8 type, varint length of the body,
 * body. Only PADDING is a bare type byte, and everything after it is padding. A plaintext without
 * frames is valid: the channel's confirmation and keepalive.
 */

/** Ends the frames of a datagram; whatever follows is not looked at. */
export const PADDING = 0x00;
/** See packet-frame.ts. */
export const PACKET = 0x01;
/** See fragment-frame.ts. */
export const FRAGMENT = 0x02;
/** See control-frame.ts. */
export const CONTROL = 0x03;
/** See control-ack-frame.ts. */
export const CONTROL_ACK = 0x04;
/** See path-frame.ts. */
export const PATH_CHALLENGE = 0x05;
/** See path-frame.ts. */
export const PATH_RESPONSE = 0x06;
/** See ack-frame.ts. */
export const ACK = 0x07;
/** See hello-frame.ts. */
export const HELLO = 0x08;
/** See close-frame.ts. */
export const CLOSE = 0x09;
/**
 * Asks for an acknowledgement of its datagram, whose size it tries out; empty body, followed by
 * padding. The acknowledgement of the datagram is the answer.
 */
export const MTU_PROBE = 0x0a;
/** Types from here on are skipped when unknown; below, an unknown one drops the datagram. */
export const SKIPPED_FROM = 0x40;
