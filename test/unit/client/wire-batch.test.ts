// SPDX-License-Identifier: GPL-3.0-or-later

// Received messages as they came off the wire: views into one buffer, addresses made once.

import { create, toBinary } from "@bufbuild/protobuf";
import type { DatagramBatch } from "@inet256/client";
import { createDatagramIndex, scanResponse } from "@inet256/client/grpc";
import { ConnectResponseSchema } from "@inet256/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAddressReader, createWireBatch } from "../../../clients/ts/src/wire-batch.js";
import { type PlainDatagram, pattern, plainDatagrams } from "../../support/datagrams.js";

const index = createDatagramIndex();

function wireBatch(
  datagrams: readonly PlainDatagram[],
  read = createAddressReader(),
): DatagramBatch {
  const message = create(ConnectResponseSchema, { datagrams: [...datagrams] });
  const bytes = toBinary(ConnectResponseSchema, message);
  expect(scanResponse(bytes, index)).toBe(true);
  return createWireBatch(bytes, index, read);
}

function datagram(seed: number, length: number): PlainDatagram {
  return { address: pattern(32, seed), payload: pattern(length, seed) };
}

describe("a wire batch", () => {
  it("gives by index and by iteration what was sent", () => {
    fc.assert(
      fc.property(plainDatagrams({ maxLength: 9 }), (datagrams) => {
        const batch = wireBatch(datagrams);
        expect(batch.length).toBe(datagrams.length);
        const iterated = [...batch];
        datagrams.forEach(({ address, payload }, i) => {
          for (const source of [batch.source(i), iterated[i]?.source]) {
            expect(Buffer.compare(source?.bytes ?? new Uint8Array(), address)).toBe(0);
          }
          for (const bytes of [batch.payload(i), iterated[i]?.payload ?? new Uint8Array()]) {
            expect(Buffer.compare(bytes, payload)).toBe(0);
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  it("stays what it is when the next message is scanned", () => {
    const first = wireBatch([datagram(1, 10), datagram(2, 20)]);
    wireBatch([datagram(3, 300), datagram(4, 0), datagram(5, 5)]);
    expect(first.length).toBe(2);
    expect(Buffer.compare(first.payload(1), pattern(20, 2))).toBe(0);
    expect(Buffer.compare(first.source(0).bytes, pattern(32, 1))).toBe(0);
  });

  it.each([-1, 2, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "has no message %d of two",
    (wrong) => {
      const batch = wireBatch([datagram(1, 10), datagram(2, 20)]);
      expect(() => batch.source(wrong)).toThrow(RangeError);
      expect(() => batch.payload(wrong)).toThrow(RangeError);
    },
  );
});

describe("an address reader", () => {
  it("makes the address of a sender once, also between others", () => {
    const read = createAddressReader();
    const buffer = Buffer.concat([pattern(32, 1), pattern(32, 2)]);
    const [one, two] = [read(buffer, 0), read(buffer, 32)];
    expect(read(Buffer.from(buffer), 0)).toBe(one);
    expect(read(buffer, 32)).toBe(two);
    buffer.fill(0);
    expect(Buffer.compare(one.bytes, pattern(32, 1))).toBe(0);
  });

  it("tells senders apart that share a place in its memory", () => {
    const read = createAddressReader();
    fc.assert(
      fc.property(fc.nat(3), fc.nat(3), (first, last) => {
        const bytes = new Uint8Array(32);
        bytes[0] = 64 * first;
        bytes[31] = last;
        expect(Buffer.compare(read(bytes, 0).bytes, bytes)).toBe(0);
      }),
    );
  });
});
