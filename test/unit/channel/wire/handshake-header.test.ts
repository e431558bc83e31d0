// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import {
  readHandshakeHeader,
  writeHandshakeHeader,
} from "../../../../server/src/channel/wire/handshake-header.js";

const header = { fragment: 0, fragments: 1, flags: 0, sender: 0x0403_0201, receiver: 0 };
function written(type: number, change: Partial<typeof header> = {}): Uint8Array {
  const out = new Uint8Array(12);
  writeHandshakeHeader(out, type, { ...header, ...change });
  return out;
}

describe("the header of handshake messages", () => {
  it("has its bytes where the protocol has them", () => {
    const bytes = written(0x52, { fragment: 3, fragments: 15, receiver: 0xffff_fffe });
    expect([...bytes]).toEqual([0x52, 1, 0x3f, 0, 1, 2, 3, 4, 0xfe, 0xff, 0xff, 0xff]);
    expect(readHandshakeHeader(bytes)).toEqual({
      ...header,
      fragment: 3,
      fragments: 15,
      receiver: 0xffff_fffe,
    });
  });

  it("reads what it wrote, whatever follows", () => {
    const long = Uint8Array.from([...written(0x51, { flags: 1 }), 9, 9, 9]);
    expect(readHandshakeHeader(long)).toEqual({ ...header, flags: 1 });
  });

  it.each([
    ["of 11 bytes", written(0x51).subarray(0, 11)],
    ["empty", new Uint8Array(0)],
    ["with an unknown suite", written(0x51).fill(2, 1, 2)],
    ["with suite 0", written(0x51).fill(0, 1, 2)],
    ["of message 1 with an unknown flag", written(0x51, { flags: 2 })],
    ["of message 1 with a known and an unknown flag", written(0x51, { flags: 3 })],
    ["of message 1 with a receiver", written(0x51, { receiver: 1 })],
    ["of message 1 in fragments", written(0x51, { fragments: 2 })],
    ["of message 2 with a flag", written(0x52, { flags: 1 })],
    ["of message 3 with a flag", written(0x53, { flags: 1 })],
    ["with no fragments", written(0x52, { fragments: 0 })],
    ["with a fragment beyond the last", written(0x52, { fragment: 2, fragments: 2 })],
    ["with fragment 15", written(0x52, { fragment: 15, fragments: 15 })],
  ])("drops one %s", (_what, bytes) => {
    expect(readHandshakeHeader(bytes)).toBeUndefined();
  });
});
