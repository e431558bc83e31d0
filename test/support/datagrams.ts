// SPDX-License-Identifier: GPL-3.0-or-later

// Datagrams for property tests: random in number, address and length, with lengths around the
// places where an encoded length grows by a byte. Their content is a cheap pattern, for drawing
// 64 KiB byte by byte would be most of a test's time.

import fc from "fast-check";

/** A datagram as protobuf-es takes it. */
export interface PlainDatagram {
  readonly address: Uint8Array;
  readonly payload: Uint8Array;
}

/** `length` bytes that depend on the seed. */
export function pattern(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 0x9e3779b1 + 1) >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

const EDGES = [0, 1, 90, 91, 92, 127, 128, 16_346, 16_347, 16_383, 16_384, 65_535];

/** Datagrams; `maxPayload` bounds the payloads, 65,535 unless told. */
export function plainDatagrams(
  bounds: { readonly maxLength?: number; readonly maxPayload?: number } = {},
): fc.Arbitrary<PlainDatagram[]> {
  const { maxLength = 12, maxPayload = 65_535 } = bounds;
  const length = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: Math.min(300, maxPayload) }) },
    { weight: 2, arbitrary: fc.constantFrom(...EDGES.filter((edge) => edge <= maxPayload)) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: maxPayload }) },
  );
  const datagram = fc
    .record({ length, seed: fc.integer({ min: 0, max: 0xffff }) })
    .map(({ length: bytes, seed }) => ({
      address: pattern(32, seed),
      payload: pattern(bytes, seed + 1),
    }));
  return fc.array(datagram, { maxLength, size: "max" });
}
