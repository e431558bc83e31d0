// SPDX-License-Identifier: GPL-3.0-or-later

// The scanner against protobuf-es: whatever bytes it is given, it says no, or protobuf-es reads
// the very same datagrams and nothing else from them. It never throws.

import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  createDatagramIndex,
  type DatagramIndex,
  encodedDatagramBytes,
  MAX_STREAM_MESSAGE_BYTES,
  scanRequest,
  scanResponse,
} from "@inet256/client/grpc";
import { ConnectRequestSchema, ConnectResponseSchema } from "@inet256/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pattern, plainDatagrams } from "../../support/datagrams.js";
import { mutated } from "../../support/mutations.js";

type Request = MessageInitShape<typeof ConnectRequestSchema>;
type Response = MessageInitShape<typeof ConnectResponseSchema>;

const index = createDatagramIndex();

function request(value: Request): Uint8Array {
  return toBinary(ConnectRequestSchema, create(ConnectRequestSchema, value));
}

function response(value: Response): Uint8Array {
  return toBinary(ConnectResponseSchema, create(ConnectResponseSchema, value));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** What the index says stands in the buffer. */
function noted(buffer: Uint8Array, { offsets, count }: DatagramIndex): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const [address = 0, start = 0, end = 0] = offsets.subarray(3 * i, 3 * i + 3);
    return `${hex(buffer.subarray(address, address + 32))} ${hex(buffer.subarray(start, end))}`;
  });
}

function decoded(
  datagrams: readonly { readonly address: Uint8Array; readonly payload: Uint8Array }[],
): readonly string[] {
  return datagrams.map(({ address, payload }) => `${hex(address)} ${hex(payload)}`);
}

/** Scans as a request; true only if protobuf-es agrees in everything. */
function agreedRequest(bytes: Uint8Array): boolean {
  if (!scanRequest(bytes, index)) return false;
  const message = fromBinary(ConnectRequestSchema, bytes);
  expect(noted(bytes, index)).toEqual(decoded(message.datagrams));
  expect({ ...message, datagrams: [] }).toEqual({ ...create(ConnectRequestSchema) });
  expect(index.acceptedThrough).toBe(0);
  return true;
}

/** The same for a response. */
function agreedResponse(bytes: Uint8Array): boolean {
  if (!scanResponse(bytes, index)) return false;
  const message = fromBinary(ConnectResponseSchema, bytes);
  expect(noted(bytes, index)).toEqual(decoded(message.datagrams));
  expect(BigInt(index.acceptedThrough)).toBe(message.acceptedThrough);
  expect({ ...message, datagrams: [], acceptedThrough: 0n }).toEqual({
    ...create(ConnectResponseSchema),
  });
  return true;
}

const acceptedThrough = fc.oneof(fc.constant(0), fc.nat(300), fc.maxSafeNat()).map(BigInt);

describe("the scanner", () => {
  it("takes everything that protobuf-es writes of its fields", () => {
    fc.assert(
      fc.property(plainDatagrams(), acceptedThrough, (datagrams, through) => {
        expect(agreedRequest(request({ datagrams }))).toBe(true);
        expect(agreedResponse(response({ datagrams, acceptedThrough: through }))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("agrees with protobuf-es on mutated messages, or says no", () => {
    let taken = 0;
    const messages = fc.oneof(
      plainDatagrams({ maxLength: 4, maxPayload: 300 }).map((datagrams) => request({ datagrams })),
      fc
        .tuple(plainDatagrams({ maxLength: 3, maxPayload: 40 }), acceptedThrough)
        .map(([datagrams, through]) => response({ datagrams, acceptedThrough: through })),
    );
    fc.assert(
      fc.property(mutated(messages), (bytes) => {
        if (agreedRequest(bytes)) taken += 1;
        if (agreedResponse(bytes)) taken += 1;
      }),
      { numRuns: 4_000 },
    );
    // Not vacuous: a good part of the mutations leaves a message that is still good.
    expect(taken).toBeGreaterThan(500);
  });

  it("agrees with protobuf-es on random bytes, or says no", () => {
    const tags = fc.constantFrom(0x0a, 0x12, 0x18, 0x20, 0x22, 0x24, 0x80, 0x00, 0x7f, 0xff);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(tags, fc.nat(255)), { maxLength: 120, size: "max" }),
        (bytes) => {
          agreedRequest(Uint8Array.from(bytes));
          agreedResponse(Uint8Array.from(bytes));
        },
      ),
      { numRuns: 4_000 },
    );
  });

  it("says no to every other field", () => {
    const one = { address: pattern(32, 1), payload: pattern(9, 2) };
    expect(scanRequest(request({ open: {} }), index)).toBe(false);
    expect(scanRequest(request({ open: {}, datagrams: [one] }), index)).toBe(false);
    expect(scanRequest(response({ datagrams: [one], acceptedThrough: 1n }), index)).toBe(false);
    for (const other of [{ opened: {} }, { failed: [{ number: 1n, reason: 4 }] }, { lost: 3n }]) {
      expect(scanResponse(response(other), index)).toBe(false);
      expect(scanResponse(response({ ...other, datagrams: [one] }), index)).toBe(false);
    }
  });

  it("says no where an address has not 32 bytes", () => {
    for (const length of [0, 1, 31, 33, 64]) {
      const bytes = request({
        datagrams: [{ address: pattern(length, 1), payload: pattern(40, 2) }],
      });
      expect(scanRequest(bytes, index)).toBe(false);
    }
  });

  it("says no to a message that has been cut anywhere inside a datagram", () => {
    const lengths = [0, 1, 130, 16_384];
    const bytes = request({
      datagrams: lengths.map((n) => ({ address: pattern(32, n), payload: pattern(n, n) })),
    });
    const ends = [0];
    for (const length of lengths) ends.push((ends.at(-1) ?? 0) + encodedDatagramBytes(length));
    expect(ends.at(-1)).toBe(bytes.length);
    for (let length = 0; length < 400; length++) {
      expect(agreedRequest(bytes.subarray(0, length))).toBe(ends.includes(length));
    }
    expect(agreedRequest(bytes.subarray(0, -1))).toBe(false);
  });

  it("says no when there are more datagrams than the index holds", () => {
    const small = createDatagramIndex(3 * 38);
    const datagrams = (count: number) =>
      request({ datagrams: Array.from({ length: count }, () => ({ address: pattern(32, 1) })) });
    const room = small.offsets.length / 3;
    expect(scanRequest(datagrams(room), small)).toBe(true);
    expect(small.count).toBe(room);
    expect(scanRequest(datagrams(room + 1), small)).toBe(false);
    expect(scanResponse(datagrams(room + 1), small)).toBe(false);
  });

  it("holds every message of 256 KiB in its usual index", () => {
    const most = Math.floor(MAX_STREAM_MESSAGE_BYTES / encodedDatagramBytes(0));
    const datagrams = Array.from({ length: most }, () => ({ address: pattern(32, 1) }));
    const bytes = request({ datagrams });
    expect(bytes.length).toBeGreaterThan(MAX_STREAM_MESSAGE_BYTES - encodedDatagramBytes(0));
    expect(scanRequest(bytes, index)).toBe(true);
    expect(index.count).toBe(most);
  });
});

/** A tag, a length, and the rest of a datagram with an address of sevens. */
function datagramWith(length: string, rest: string): string {
  return `12${length}0a20${"07".repeat(32)}${rest}`;
}

// Read as an address of 32 bytes, its last byte and the payload's tag and length make a payload.
const longAddress = `12360a21${"07".repeat(32)}121211${"61".repeat(17)}`;

describe("the scanner, by hand", () => {
  // Name, bytes, and whether it takes them.
  it.each<[string, string, boolean]>([
    ["nothing", "", true],
    ["an empty payload left out", datagramWith("22", ""), true],
    ["a payload of one byte", datagramWith("25", "120161"), true],
    ["the tag alone", "12", false],
    ["a datagram without an address", "1200", false],
    ["a length without its end", "1280", false],
    ["a length of three bytes without its end", "128080", false],
    ["a length in two bytes where one does", datagramWith("a200", ""), false],
    ["a length in three bytes where one does", datagramWith("a28000", ""), false],
    ["a length of four bytes", datagramWith("a2808000", ""), false],
    ["a length past the end", datagramWith("7f", ""), false],
    ["a length past the end by one", datagramWith("23", ""), false],
    ["a length past 2 GiB", datagramWith("ffffffff0f", ""), false],
    ["a length short by one", datagramWith("21", ""), false],
    ["a payload past the end of its datagram", datagramWith("25", "120261"), false],
    ["a payload past the end by 2 MiB", datagramWith("27", "12ffff7f61"), false],
    ["a payload short of the end of its datagram", datagramWith("26", "12016161"), false],
    ["a payload's length in two bytes", datagramWith("26", "12810061"), false],
    ["a payload's tag alone", datagramWith("23", "12"), false],
    ["two payloads", datagramWith("28", "120161120162"), false],
    ["an unknown field in a datagram", datagramWith("24", "1801"), false],
    ["a payload before the address", `12251201610a20${"07".repeat(32)}`, false],
    ["a datagram with an address twice", datagramWith("44", `0a20${"08".repeat(32)}`), false],
    ["an address of 33 bytes that ends like a payload", longAddress, false],
    ["field 3 in place of the address", `12221a20${"07".repeat(32)}`, false],
    ["another field in place of the payload", datagramWith("25", "1a0161"), false],
    ["a stray end group", "14", false],
    ["field number zero", "0200", false],
  ])("%s", (_, text, taken) => {
    const bytes = Buffer.from(text, "hex");
    expect(agreedRequest(bytes)).toBe(taken);
    expect(agreedResponse(bytes)).toBe(taken);
  });

  it.each<[string, string, boolean]>([
    ["1", "1801", true],
    ["behind a datagram", `${datagramWith("22", "")}1801`, true],
    ["before a datagram", `1801${datagramWith("22", "")}`, false],
    ["twice", "18011802", false],
    ["2^53 - 1", "18ffffffffffffff0f", true],
    ["2^53", "188080808080808010", false],
    ["2^64 - 1", "18ffffffffffffffffff01", false],
    ["without its number", "18", false],
    ["without its end", "1880", false],
    ["of ten bytes", `18${"80".repeat(9)}00`, true],
    ["of eleven bytes", `18${"80".repeat(10)}00`, false],
    ["of two hundred bytes", `18${"80".repeat(199)}00`, false],
    ["as another wire type", "1a0101", false],
  ])("accepted_through %s", (_, text, taken) => {
    const bytes = Buffer.from(text, "hex");
    expect(agreedRequest(bytes)).toBe(false);
    expect(agreedResponse(bytes)).toBe(taken);
  });
});
