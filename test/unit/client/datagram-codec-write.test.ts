// SPDX-License-Identifier: GPL-3.0-or-later

// What the hand codec writes is, byte for byte, what protobuf-es writes for the same message.

import { create, toBinary } from "@bufbuild/protobuf";
import {
  ADDRESS_BYTES,
  encodedDatagramBytes,
  MAX_ACCEPTED_THROUGH_BYTES,
  varintBytes,
  writeAcceptedThrough,
  writeDatagram,
} from "@inet256/client/grpc";
import { ConnectRequestSchema, ConnectResponseSchema } from "@inet256/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PlainDatagram, pattern, plainDatagrams } from "../../support/datagrams.js";

const GUARD = 0xa5;

/** Encodes by hand, into the middle of a larger buffer whose rest must stay as it was. */
function writeAll(datagrams: readonly PlainDatagram[]): Uint8Array {
  const bytes = datagrams.reduce(
    (sum, { payload }) => sum + encodedDatagramBytes(payload.length),
    0,
  );
  const target = new Uint8Array(bytes + 32).fill(GUARD).subarray(5, bytes + 25);
  let at = 7;
  for (const { address, payload } of datagrams) {
    // The codec is given places inside buffers, as it meets them in stream messages.
    const addresses = Buffer.concat([Buffer.alloc(3, GUARD), address, Buffer.alloc(2, GUARD)]);
    const payloads = Buffer.concat([Buffer.alloc(9, GUARD), payload, Buffer.alloc(1, GUARD)]);
    const end = writeDatagram(target, at, addresses, 3, payloads, 9, 9 + payload.length);
    expect(end - at).toBe(encodedDatagramBytes(payload.length));
    at = end;
  }
  expect(at).toBe(7 + bytes);
  const outside = [...target.subarray(0, 7), ...target.subarray(at)];
  expect(outside.every((byte) => byte === GUARD)).toBe(true);
  return target.slice(7, at);
}

function oracle(datagrams: readonly PlainDatagram[]): Uint8Array {
  return toBinary(
    ConnectRequestSchema,
    create(ConnectRequestSchema, { datagrams: [...datagrams] }),
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

describe("writeDatagram", () => {
  it("writes what protobuf-es writes", () => {
    fc.assert(
      fc.property(plainDatagrams({ maxLength: 8 }), (datagrams) => {
        expect(hex(writeAll(datagrams))).toBe(hex(oracle(datagrams)));
      }),
      { numRuns: 300 },
    );
  });

  // Where a length takes one byte more: of the payload, and of the datagram (36 or 37 more).
  it.each([
    0, 1, 3, 4, 31, 32, 33, 47, 48, 49, 90, 91, 92, 127, 128, 255, 256, 257, 16_346, 16_347, 16_383,
    16_384, 65_534, 65_535,
  ])("writes a payload of %i bytes", (length) => {
    const datagrams = [{ address: pattern(ADDRESS_BYTES, 1), payload: pattern(length, 2) }];
    expect(hex(writeAll(datagrams))).toBe(hex(oracle(datagrams)));
  });

  it("reads and writes memory that has moved under the same view", () => {
    const target = new Uint8Array(200);
    const address = new Uint8Array(ADDRESS_BYTES);
    const payload = new Uint8Array(40);
    for (const seed of [1, 2, 3]) {
      address.set(pattern(ADDRESS_BYTES, seed));
      payload.set(pattern(40, 100 + seed));
      const end = writeDatagram(target, 0, address, 0, payload, 0, 40);
      expect(hex(target.subarray(0, end))).toBe(hex(oracle([{ address, payload }])));
    }
  });
});

describe("writeAcceptedThrough", () => {
  const written = (number: number): Uint8Array => {
    const target = new Uint8Array(3 + MAX_ACCEPTED_THROUGH_BYTES + 2).fill(GUARD);
    const end = writeAcceptedThrough(target, 3, number);
    expect(target.subarray(end).every((byte) => byte === GUARD)).toBe(true);
    return target.slice(3, end);
  };
  const expected = (number: number): Uint8Array =>
    toBinary(
      ConnectResponseSchema,
      create(ConnectResponseSchema, { acceptedThrough: BigInt(number) }),
    );

  it("writes what protobuf-es writes", () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat().filter((number) => number > 0),
        (number) => {
          expect(hex(written(number))).toBe(hex(expected(number)));
        },
      ),
    );
  });

  it.each([
    1,
    127,
    128,
    16_383,
    16_384,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 49,
    2 ** 53 - 1,
  ])("writes %i", (number) => {
    expect(hex(written(number))).toBe(hex(expected(number)));
  });
});

describe("varintBytes", () => {
  it.each([
    [0, 1],
    [127, 1],
    [128, 2],
    [16_383, 2],
    [16_384, 3],
    [2 ** 21 - 1, 3],
  ])("of %i is %i", (value, bytes) => {
    expect(varintBytes(value)).toBe(bytes);
  });
});
