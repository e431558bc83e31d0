// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The messages of a measurement. All begin the same, integers little-endian:
 *
 *     0  8 bytes  ASCII inet256m
 *     8  u8       1, the version of this layout
 *     9  u8       kind
 *    10  u16      0
 *    12  u32      check over run and number: what is altered shows
 *    16  8 bytes  random, the same for one run
 *    24  u64      number of the message, from 1
 *    32  …        byte i is i modulo 256; in a report: JSON
 *
 * Kinds: 1 hello and 2 welcome begin a run; 3 data is counted; 4 echo is sent back as it is, by
 * every program that echoes; 5 finish asks for 6, a report of what was counted. What is read here
 * may be anything: nothing throws, and nothing is allocated per message.
 */

/** Bytes before the padding: the shortest message. */
export const HEADER_BYTES = 32;
/** Random bytes that tell a run from others. */
export const RUN_BYTES = 8;
const MOST_BYTES = 65_535;

/** What a message is for. */
export const KIND = { hello: 1, welcome: 2, data: 3, echo: 4, finish: 5, report: 6 } as const;
/** One of the kinds. */
export type Kind = (typeof KIND)[keyof typeof KIND];

/** `inet` and `256m`, and the version, as words and bytes are read. */
const MAGIC_0 = 0x74656e69;
const MAGIC_1 = 0x6d363532;
const VERSION = 1;
const VERSION_AT = 8;
const KIND_AT = 9;
const CHECK_AT = 12;
const RUN_AT = 16;
const NUMBER_AT = 24;
const TWO_32 = 2 ** 32;
/** Up to so many bytes a loop compares faster than a call into the system's library. */
const SHORT_BYTES = 256;
const PADDING = Buffer.from(Uint8Array.from({ length: MOST_BYTES }, (_, i) => i & 0xff));

/** Writes the messages of one run, of one kind and size, into one buffer. */
export interface MessageWriter {
  /** The message of this number, valid until the next call. */
  write(number: number): Uint8Array;
}

/** A writer of messages of `size` bytes, 32 to 65,535, for the run with these 8 random bytes. */
export function createMessageWriter(run: Uint8Array, kind: Kind, size: number): MessageWriter {
  const message = Buffer.from(PADDING.subarray(0, size));
  writeWord(message, 0, MAGIC_0);
  writeWord(message, 4, MAGIC_1);
  message[VERSION_AT] = VERSION;
  message[KIND_AT] = kind;
  message.writeUInt16LE(0, KIND_AT + 1);
  message.set(run.subarray(0, RUN_BYTES), RUN_AT);
  return {
    write(number) {
      writeWord(message, NUMBER_AT, number % TWO_32);
      writeWord(message, NUMBER_AT + 4, Math.floor(number / TWO_32));
      writeWord(message, CHECK_AT, checkOf(message));
      return message;
    },
  };
}

/** A message that carries JSON in place of the padding. */
export function encodeReport(run: Uint8Array, number: number, report: unknown): Uint8Array {
  const header = createMessageWriter(run, KIND.report, HEADER_BYTES).write(number);
  return Buffer.concat([header, Buffer.from(JSON.stringify(report), "utf8")]);
}

/** The JSON of a report; undefined when it is none. */
export function decodeReport(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload.subarray(HEADER_BYTES)).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** The kind of a message; 0 for what is no message of a measurement. */
export function kindOf(payload: Uint8Array): Kind | 0 {
  if (payload.length < HEADER_BYTES) return 0;
  if (readWord(payload, 0) !== MAGIC_0 || readWord(payload, 4) !== MAGIC_1) return 0;
  if (payload[VERSION_AT] !== VERSION) return 0;
  const kind = payload[KIND_AT] ?? 0;
  return isKind(kind) ? kind : 0;
}

function isKind(kind: number): kind is Kind {
  return kind >= KIND.hello && kind <= KIND.report;
}

/** Whether a message belongs to this run. */
export function isOfRun(payload: Uint8Array, run: Uint8Array): boolean {
  for (let i = 0; i < RUN_BYTES; i++) if (payload[RUN_AT + i] !== run[i]) return false;
  return true;
}

/** A copy of the 8 bytes that tell the run. */
export function runOf(payload: Uint8Array): Uint8Array {
  return Uint8Array.from(payload.subarray(RUN_AT, RUN_AT + RUN_BYTES));
}

/** The number of a message, whose kind has been found good. */
export function numberOf(payload: Uint8Array): number {
  return readWord(payload, NUMBER_AT) + TWO_32 * readWord(payload, NUMBER_AT + 4);
}

/** Whether a message of data or echo is as it was written. */
export function isIntact(payload: Uint8Array): boolean {
  if (readWord(payload, CHECK_AT) !== checkOf(payload)) return false;
  const { length } = payload;
  if (length > SHORT_BYTES) {
    return PADDING.compare(payload, HEADER_BYTES, length, HEADER_BYTES, length) === 0;
  }
  for (let i = HEADER_BYTES; i < length; i++) if (payload[i] !== (i & 0xff)) return false;
  return true;
}

// Multiplications by odd constants: every bit of what goes in changes about half of what comes out.
function checkOf(message: Uint8Array): number {
  let check = 0x9e3779b1;
  for (let at = RUN_AT; at < HEADER_BYTES; at += 4) {
    check = Math.imul(check ^ readWord(message, at), 0x85ebca6b);
    check ^= check >>> 15;
  }
  return check >>> 0;
}

function readWord(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  return (low | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
}
