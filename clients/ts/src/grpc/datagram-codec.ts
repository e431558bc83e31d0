// SPDX-License-Identifier: Apache-2.0

/**
 * The hand codec of the two hot messages, ConnectRequest and ConnectResponse, when they carry
 * datagrams: the same bytes as protobuf-es writes, without an object for each datagram.
 *
 * A datagram stands in the message as
 *
 *     12 len  0a 20 address(32)  [12 len payload]
 *
 * (field 2 of the message; fields 1 and 2 of Datagram; an absent payload is empty). The scanner
 * accepts exactly this form; whatever else a valid encoder may write (unknown fields, another
 * order, long varints) makes it stop, and the caller falls back to protobuf-es. Nothing is acted
 * upon before a whole message has been scanned.
 */

/** Bytes of an address. */
export const ADDRESS_BYTES = 32;
/** The longest message of a stream, in bytes (API contract: 256 KiB). */
export const MAX_STREAM_MESSAGE_BYTES = 256 * 1024;
/** What may be sent and not yet accepted, in encoded bytes (API contract: 1 MiB). */
export const MAX_UNACCEPTED_BYTES = 1024 * 1024;

const TAG_DATAGRAM = 0x12;
const TAG_ADDRESS = 0x0a;
const TAG_PAYLOAD = 0x12;
const TAG_ACCEPTED_THROUGH = 0x18;
const SMALLEST_DATAGRAM_BYTES = 2 + 2 + ADDRESS_BYTES;

/** Where the datagrams of a message stand: three numbers each, address, payload start and end. */
export interface DatagramIndex {
  /** The numbers; only the first 3 × count mean anything. */
  readonly offsets: Int32Array;
  /** How many datagrams. */
  count: number;
  /** accepted_through of a response, or 0. */
  acceptedThrough: number;
}

/** An index that holds every message of at most `maxBytes`. */
export function createDatagramIndex(maxBytes: number = MAX_STREAM_MESSAGE_BYTES): DatagramIndex {
  return {
    offsets: new Int32Array(3 * (Math.floor(maxBytes / SMALLEST_DATAGRAM_BYTES) + 1)),
    count: 0,
    acceptedThrough: 0,
  };
}

/** Bytes of an unsigned varint below 2^21, which every length here is. */
export function varintBytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : 3;
}

/** Bytes that a datagram takes in a message. */
export function encodedDatagramBytes(payloadBytes: number): number {
  const inner = innerBytes(payloadBytes);
  return 1 + varintBytes(inner) + inner;
}

function innerBytes(payloadBytes: number): number {
  return (
    2 + ADDRESS_BYTES + (payloadBytes === 0 ? 0 : 1 + varintBytes(payloadBytes) + payloadBytes)
  );
}

function writeVarint(buffer: Uint8Array, at: number, value: number): number {
  let rest = value;
  let place = at;
  while (rest >= 0x80) {
    buffer[place++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[place++] = rest;
  return place;
}

// Up to this many bytes a loop over words beats the engine's copy, which needs a view made first.
const SHORT_COPY_BYTES = 256;

/** Sees the same bytes as words; remembers the last array, for most calls come in rows. */
function createWordView(): (bytes: Uint8Array) => DataView {
  let lastBytes: Uint8Array | undefined;
  let lastView: DataView = new DataView(new ArrayBuffer(0));
  return (bytes) => {
    if (bytes !== lastBytes) {
      lastBytes = bytes;
      lastView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return lastView;
  };
}

const targetWords = createWordView();
const addressWords = createWordView();
const payloadWords = createWordView();

function copyWords(from: DataView, start: number, to: DataView, at: number, bytes: number): void {
  let i = 0;
  for (; i + 4 <= bytes; i += 4) to.setInt32(at + i, from.getInt32(start + i, true), true);
  for (; i < bytes; i++) to.setUint8(at + i, from.getUint8(start + i));
}

/**
 * Writes a datagram at `at`, which must have room for encodedDatagramBytes: the address at
 * `addressAt` of `addresses`, the payload from `start` to `end` of `payloads`. Returns where the
 * next one begins.
 */
export function writeDatagram(
  target: Uint8Array,
  at: number,
  addresses: Uint8Array,
  addressAt: number,
  payloads: Uint8Array,
  start: number,
  end: number,
): number {
  const bytes = end - start;
  target[at] = TAG_DATAGRAM;
  let place = writeVarint(target, at + 1, innerBytes(bytes));
  target[place++] = TAG_ADDRESS;
  target[place++] = ADDRESS_BYTES;
  copyWords(addressWords(addresses), addressAt, targetWords(target), place, ADDRESS_BYTES);
  place += ADDRESS_BYTES;
  if (bytes === 0) return place;
  target[place++] = TAG_PAYLOAD;
  place = writeVarint(target, place, bytes);
  if (bytes <= SHORT_COPY_BYTES) {
    copyWords(payloadWords(payloads), start, targetWords(target), place, bytes);
  } else {
    target.set(payloads.subarray(start, end), place);
  }
  return place + bytes;
}

/** Bytes that writeAcceptedThrough takes at most. */
export const MAX_ACCEPTED_THROUGH_BYTES = 11;

/** Writes the field accepted_through; returns where the next one begins. */
export function writeAcceptedThrough(target: Uint8Array, at: number, number: number): number {
  target[at] = TAG_ACCEPTED_THROUGH;
  let place = at + 1;
  let rest = number;
  while (rest >= 0x80) {
    target[place++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  target[place++] = rest;
  return place;
}

// The scanner's position after the varint it read last; one scanner runs at a time.
let next = 0;

// A length of at most three bytes in its shortest form; -1 where it is anything else.
function readLength(buffer: Uint8Array, at: number): number {
  const a = buffer[at] ?? 0x80;
  next = at + 1;
  if (a < 0x80) return a;
  const b = buffer[at + 1] ?? 0x80;
  next = at + 2;
  if (b < 0x80) return b === 0 ? -1 : (a & 0x7f) | (b << 7);
  const c = buffer[at + 2] ?? 0x80;
  next = at + 3;
  return c === 0 || c >= 0x80 ? -1 : (a & 0x7f) | ((b & 0x7f) << 7) | (c << 14);
}

// Notes one datagram whose tag was at `at`; returns where it ends, -1 where it is anything else.
function scanDatagram(buffer: Uint8Array, at: number, index: DatagramIndex): number {
  const length = readLength(buffer, at + 1);
  const inner = next;
  const end = inner + length;
  if (length < 2 + ADDRESS_BYTES || end > buffer.length) return -1;
  if (buffer[inner] !== TAG_ADDRESS || buffer[inner + 1] !== ADDRESS_BYTES) return -1;
  let payload = inner + 2 + ADDRESS_BYTES;
  if (payload !== end) {
    if (buffer[payload] !== TAG_PAYLOAD) return -1;
    const bytes = readLength(buffer, payload + 1);
    payload = next;
    if (bytes < 0 || payload + bytes !== end) return -1;
  }
  const slot = 3 * index.count;
  if (slot + 3 > index.offsets.length) return -1;
  index.offsets[slot] = inner + 2;
  index.offsets[slot + 1] = payload;
  index.offsets[slot + 2] = end;
  index.count += 1;
  return end;
}

/** Scans a request that carries nothing but datagrams; false where it carries anything else. */
export function scanRequest(buffer: Uint8Array, index: DatagramIndex): boolean {
  index.count = 0;
  index.acceptedThrough = 0;
  let at = 0;
  while (at >= 0 && at < buffer.length) {
    at = buffer[at] === TAG_DATAGRAM ? scanDatagram(buffer, at, index) : -1;
  }
  return at >= 0;
}

/**
 * Scans a response that carries nothing but datagrams and then, perhaps, accepted_through; false
 * where it carries anything else.
 */
export function scanResponse(buffer: Uint8Array, index: DatagramIndex): boolean {
  index.count = 0;
  index.acceptedThrough = 0;
  let at = 0;
  while (at >= 0 && at < buffer.length) {
    if (buffer[at] === TAG_DATAGRAM) at = scanDatagram(buffer, at, index);
    else if (buffer[at] === TAG_ACCEPTED_THROUGH) return scanAcceptedThrough(buffer, at + 1, index);
    else return false;
  }
  return at >= 0;
}

// No valid varint is longer.
const LONGEST_VARINT_BYTES = 10;

// The last field of a message: a number below 2^53.
function scanAcceptedThrough(buffer: Uint8Array, at: number, index: DatagramIndex): boolean {
  let value = 0;
  let scale = 1;
  const end = Math.min(buffer.length, at + LONGEST_VARINT_BYTES);
  for (let place = at; place < end; place++) {
    const byte = buffer[place] as number;
    value += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (value > Number.MAX_SAFE_INTEGER) return false;
    if (byte < 0x80) {
      index.acceptedThrough = value;
      return place === buffer.length - 1;
    }
  }
  return false;
}
