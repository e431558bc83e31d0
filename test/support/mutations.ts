// SPDX-License-Identifier: GPL-3.0-or-later

// What the world does to messages: bytes changed, taken out, put in, cut off, said twice.

import fc from "fast-check";

type Edit = (bytes: Uint8Array) => Uint8Array;

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const byte = fc.oneof(fc.nat(255), fc.constantFrom(0x00, 0x0a, 0x12, 0x18, 0x20, 0x7f, 0x80, 0xff));

function splice(bytes: Uint8Array, at: number, taken: number, put: readonly number[]): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, at), ...put, ...bytes.subarray(at + taken)]);
}

const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, byte).map<Edit>(
    ([where, value]) =>
      (bytes) =>
        bytes.length === 0 ? bytes : splice(bytes, Math.floor(where * bytes.length), 1, [value]),
  ),
  fc.tuple(place, fc.array(byte, { minLength: 1, maxLength: 4 })).map<Edit>(
    ([where, put]) =>
      (bytes) =>
        splice(bytes, Math.floor(where * (bytes.length + 1)), 0, put),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 8 })).map<Edit>(
    ([where, taken]) =>
      (bytes) =>
        splice(bytes, Math.floor(where * bytes.length), taken, []),
  ),
  place.map<Edit>((where) => (bytes) => bytes.slice(0, Math.floor(where * (bytes.length + 1)))),
  fc.constant<Edit>((bytes) => Uint8Array.from([...bytes, ...bytes])),
);

/** A message after none to a few such accidents. */
export function mutated(messages: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(messages, fc.array(edits, { maxLength: 3 }))
    .map(([message, accidents]) => accidents.reduce((bytes, edit) => edit(bytes), message));
}
