// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Pings are messages that begin with eight fixed bytes. Any node that sends back what it gets
 * answers them; the daemon's own node sends back these only.
 */

/** The ASCII bytes `inet256p`. */
export const PING_MAGIC: Uint8Array = Uint8Array.of(0x69, 0x6e, 0x65, 0x74, 0x32, 0x35, 0x36, 0x70);

/** Whether the bytes from `start` to `end` are a ping. */
export function isPing(buffer: Uint8Array, start: number, end: number): boolean {
  if (end - start < PING_MAGIC.length) return false;
  return PING_MAGIC.every((byte, i) => buffer[start + i] === byte);
}
