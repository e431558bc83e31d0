// SPDX-License-Identifier: GPL-3.0-or-later

import fc from "fast-check";
import { expect, it } from "vitest";
import {
  createFrameReader,
  readVarint,
  varintBytes,
  writeVarint,
} from "../../../server/src/link/varint.js";

function read(bytes: readonly number[]): { value: number; at: number } {
  const reader = createFrameReader();
  reader.buffer = Uint8Array.from(bytes);
  reader.end = bytes.length;
  return { value: readVarint(reader), at: reader.at };
}

it("gives back what was written, in as many bytes as it said", () => {
  const edges = [
    0,
    1,
    127,
    128,
    16_383,
    16_384,
    69_632,
    2 ** 32,
    2 ** 49 - 1,
    2 ** 49,
    2 ** 53 - 1,
  ];
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...edges), fc.maxSafeNat()), (value) => {
      const bytes = new Uint8Array(10);
      const end = writeVarint(bytes, 1, value);
      expect(end - 1).toBe(varintBytes(value));
      expect(read([...bytes.subarray(1, end)])).toEqual({ value, at: end - 1 });
      // Cut short, it is none.
      expect(read([...bytes.subarray(1, end - 1)]).value).toBe(-1);
    }),
  );
});

it("has one form for each number", () => {
  expect(read([0x80, 0x00]).value).toBe(-1);
  expect(read([0xff, 0x00]).value).toBe(-1);
  expect(read([0x00])).toEqual({ value: 0, at: 1 });
});

it("refuses what is larger than a number is exact, and moves no further", () => {
  const largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];
  expect(read(largest)).toEqual({ value: Number.MAX_SAFE_INTEGER, at: 8 });
  expect(read([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x10])).toEqual({ value: -1, at: 0 });
  expect(read([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])).toEqual({
    value: -1,
    at: 0,
  });
});
