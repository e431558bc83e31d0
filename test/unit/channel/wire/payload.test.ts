// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { decodePayload, encodePayload } from "../../../../server/src/channel/wire/payload.js";

const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);
const fields = {
  sender: 0x0403_0201,
  notAfter: bytes(8, 7),
  publicKey: bytes(33, 1),
  signature: bytes(64, 2),
  extraStatics: new Uint8Array(0),
};
/** A payload whose variable part is this. */
const withFields = (...parts: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([
    ...encodePayload(fields).subarray(0, 16),
    ...parts.flatMap((part) => [part.length & 0xff, part.length >> 8, ...part]),
  ]);

describe("the payload of messages 2 and 3", () => {
  it("has its bytes where the protocol has them", () => {
    const encoded = encodePayload({ ...fields, extraStatics: Uint8Array.of(9, 0, 1, 0, 5) });
    const expected = [
      ...[1, 2, 3, 4, 0, 0, 0, 0, 7, 7, 7, 7, 7, 7, 7, 7],
      ...[33, 0, ...fields.publicKey],
      ...[64, 0, ...fields.signature],
      ...[5, 0, 9, 0, 1, 0, 5],
      ...[0, 0],
    ];
    expect([...encoded]).toEqual(expected);
    const read = decodePayload(encoded);
    expect([read?.sender, read?.extras]).toEqual([fields.sender, 1]);
    expect([...(read?.notAfter ?? [])]).toEqual([...fields.notAfter]);
    expect([...(read?.publicKey ?? [])]).toEqual([...fields.publicKey]);
    expect([...(read?.signature ?? [])]).toEqual([...fields.signature]);
    expect([...(read?.extraStatics ?? [])]).toEqual([9, 0, 1, 0, 5]);
  });

  it("ignores caps and params that it does not know", () => {
    const payload = withFields([1, 2], [3], [], [200, 2, 0, 9, 9, 0, 0, 0]);
    payload.fill(0xff, 4, 8);
    const read = decodePayload(payload);
    expect(read).toMatchObject({ sender: fields.sender, extras: 0 });
    expect([read?.publicKey, read?.signature].map((part) => [...(part ?? [])])).toEqual([
      [1, 2],
      [3],
    ]);
  });

  it("counts extra statics, 254 at most", () => {
    const statics = (count: number) => Array.from({ length: count }, () => [2, 0, 0, 0]).flat();
    expect(decodePayload(withFields([1], [2], statics(254), []))?.extras).toBe(254);
    expect(decodePayload(withFields([1], [2], statics(255), []))).toBeUndefined();
  });

  it("drops one that is cut off anywhere, or goes on", () => {
    const whole = encodePayload({ ...fields, extraStatics: Uint8Array.of(9, 0, 1, 0, 5) });
    for (let length = 0; length < whole.length; length++) {
      expect(decodePayload(whole.subarray(0, length))).toBeUndefined();
    }
    expect(decodePayload(Uint8Array.from([...whole, 0]))).toBeUndefined();
  });

  it.each([
    ["extra statics that end too early", withFields([1], [2], [1, 0, 9, 0], [])],
    ["extra statics of three bytes", withFields([1], [2], [1, 0, 0], [])],
    ["params that end too early", withFields([1], [2], [], [1, 9, 0, 0])],
    ["params of one byte", withFields([1], [2], [], [1])],
    ["a length beyond the end", withFields([1], [2], [], []).fill(0xff, 16, 18)],
  ])("drops one with %s", (_what, payload) => {
    expect(decodePayload(payload)).toBeUndefined();
  });
});
