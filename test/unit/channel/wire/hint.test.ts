// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { decodeHint, encodeHint } from "../../../../server/src/channel/wire/hint.js";

const data = Uint8Array.from([
  ...[99, 99, 0x55, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0, 0],
  ...new Uint8Array(20),
]);

describe("the hint", () => {
  it("says the index and the counter of the datagram", () => {
    const hint = encodeHint(data, 2);
    expect([...hint]).toEqual([0x56, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0, 0]);
    expect(decodeHint(hint)).toEqual({ index: 0x0403_0201, counter: 5 });
  });

  it("is dropped with reserved bytes or another size", () => {
    const hint = encodeHint(data, 2);
    for (const at of [1, 2, 3]) {
      expect(decodeHint(hint.map((byte, i) => (i === at ? 1 : byte)))).toBeUndefined();
    }
    expect(decodeHint(hint.subarray(0, 15))).toBeUndefined();
    expect(decodeHint(Uint8Array.from([...hint, 0]))).toBeUndefined();
  });

  it("reads a counter that none can be as one that was never sealed", () => {
    const hint = encodeHint(data, 2).fill(0xff, 8);
    expect(decodeHint(hint)?.counter).toBeGreaterThanOrEqual(2 ** 63);
  });
});
