// SPDX-License-Identifier: GPL-3.0-or-later

import { readU32, writeU32 } from "../../core/index.js";
/**
 * ACK: which datagrams of one session have arrived. Body: u32 session index (the receiver's, as in
 * the datagrams' headers), varint largest counter, varint delay in microseconds between its
 * arrival and this, varint number of further ranges (at most 31), varint length - 1 of the first
 * range, which ends with the largest; then for each further range, downwards: varint missing
 * counters before it (1 at least) - 1, varint length - 1.
 */
import { MAX_ACK_RANGES } from "../constants.js";
import { type FrameReader, readVarint, varintBytes, writeVarint } from "../varint.js";
import { ACK } from "./frame-types.js";

/** What an acknowledgement says: ranges of counters, both ends included, the highest first. */
export interface AckFields {
  index: number;
  delayMicros: number;
  ranges: number;
  readonly lows: Float64Array;
  readonly highs: Float64Array;
}

/** Fields to decode into, again and again. */
export function createAckFields(): AckFields {
  return {
    index: 0,
    delayMicros: 0,
    ranges: 0,
    lows: new Float64Array(MAX_ACK_RANGES),
    highs: new Float64Array(MAX_ACK_RANGES),
  };
}

/** Decodes the body that the reader stands at and that ends at its end; false when invalid. */
export function readAck(reader: FrameReader, into: AckFields): boolean {
  if (reader.end - reader.at < 4) return false;
  into.index = readU32(reader.buffer, reader.at);
  reader.at += 4;
  const largest = readVarint(reader);
  into.delayMicros = readVarint(reader);
  const further = readVarint(reader);
  if (largest < 0 || into.delayMicros < 0 || further < 0 || further >= MAX_ACK_RANGES) return false;
  let high = largest;
  for (let i = 0; i <= further; i++) {
    if (i > 0) {
      const missing = readVarint(reader);
      if (missing < 0) return false;
      high = (into.lows[i - 1] ?? 0) - 2 - missing;
    }
    const more = readVarint(reader);
    if (more < 0 || high - more < 0) return false;
    into.highs[i] = high;
    into.lows[i] = high - more;
  }
  into.ranges = further + 1;
  return reader.at === reader.end;
}

/** Bytes of the body. */
function bodyBytes(fields: AckFields): number {
  const { ranges, lows, highs, delayMicros } = fields;
  let bytes = 4 + varintBytes(highs[0] ?? 0) + varintBytes(delayMicros) + varintBytes(ranges - 1);
  for (let i = 0; i < ranges; i++) {
    const high = highs[i] ?? 0;
    if (i > 0) bytes += varintBytes((lows[i - 1] ?? 0) - 2 - high);
    bytes += varintBytes(high - (lows[i] ?? 0));
  }
  return bytes;
}

/** Bytes of the frame. */
export function ackFrameBytes(fields: AckFields): number {
  const body = bodyBytes(fields);
  return 1 + varintBytes(body) + body;
}

/** Writes the frame at `to` in `out`; gives the place after it. */
export function writeAck(out: Uint8Array, to: number, fields: AckFields): number {
  const { ranges, lows, highs } = fields;
  out[to] = ACK;
  let place = writeVarint(out, to + 1, bodyBytes(fields));
  writeU32(out, place, fields.index);
  place = writeVarint(out, place + 4, highs[0] ?? 0);
  place = writeVarint(out, place, fields.delayMicros);
  place = writeVarint(out, place, ranges - 1);
  for (let i = 0; i < ranges; i++) {
    const high = highs[i] ?? 0;
    if (i > 0) place = writeVarint(out, place, (lows[i - 1] ?? 0) - 2 - high);
    place = writeVarint(out, place, high - (lows[i] ?? 0));
  }
  return place;
}
