// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The message that ping sends, and that every node which sends back what it gets answers; the
 * daemon's own node answers whatever begins with the first eight bytes.
 *
 *     0   8 bytes  ASCII inet256p
 *     8  16 bytes  random, the same for one run
 *    24  u32       number of the message, from 1, little-endian
 *    28  u64       when it was sent, nanoseconds of the sender's own clock, little-endian
 *    36  …         byte i is i modulo 256
 */

/** Bytes before the padding: the shortest message. */
export const PING_BYTES = 36;
/** Random bytes that tell a run from others. */
export const RUN_BYTES = 16;

const MAGIC = Buffer.from("inet256p", "ascii");
const RUN_AT = 8;
const NUMBER_AT = 24;
const TIME_AT = 28;

/** Writes and reads the messages of one run, all of the same size. */
export interface PingMessages {
  /** The message of this number and time; it is overwritten by the next call. */
  encode(number: number, nanos: bigint): Uint8Array;
  /** The number in a message of this run; undefined: not of this run, or without a number. */
  numberOf(payload: Uint8Array): number | undefined;
}

/** Messages of `size` bytes, 36 to 65,535, for the run with these 16 random bytes. */
export function createPingMessages(run: Uint8Array, size: number): PingMessages {
  const message = Buffer.alloc(size);
  for (let i = PING_BYTES; i < size; i++) message[i] = i & 0xff;
  MAGIC.copy(message);
  message.set(run.subarray(0, RUN_BYTES), RUN_AT);

  return {
    encode(number, nanos) {
      message.writeUInt32LE(number, NUMBER_AT);
      message.writeBigUInt64LE(nanos, TIME_AT);
      return message;
    },
    numberOf(payload) {
      if (payload.length < TIME_AT) return undefined;
      if (message.compare(payload, 0, NUMBER_AT, 0, NUMBER_AT) !== 0) return undefined;
      const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
      return view.getUint32(NUMBER_AT, true);
    },
  };
}
