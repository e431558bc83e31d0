// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import {
  cookieReplyReceiver,
  encodeCookieReply,
  openCookieReply,
} from "../../../../server/src/channel/wire/cookie-reply.js";
import { selectCrypto } from "../../../../server/src/crypto/index.js";

const crypto = selectCrypto();
const of = (length: number, value: number) => new Uint8Array(length).fill(value);
const fields = {
  receiver: 0x0403_0201,
  nonce: of(24, 1),
  key: of(32, 2),
  mac1: of(16, 3),
  cookie: of(16, 4),
};

describe("the cookie reply", () => {
  const reply = encodeCookieReply(crypto, fields);

  it("has its bytes where the protocol has them", () => {
    const sealed = new Uint8Array(32);
    crypto.sealX(fields.key, fields.nonce, fields.mac1, fields.cookie, sealed);
    const expected = [0x54, 0, 0, 0, 1, 2, 3, 4, ...fields.nonce, ...sealed];
    expect([...reply]).toEqual(expected);
    expect(reply.length).toBe(64);
    expect(cookieReplyReceiver(reply)).toBe(fields.receiver);
    expect(openCookieReply(crypto, fields.key, fields.mac1, reply)).toEqual(fields.cookie);
  });

  it("opens for its mac1 and its key alone, as it was made", () => {
    expect(openCookieReply(crypto, fields.key, of(16, 9), reply)).toBeUndefined();
    expect(openCookieReply(crypto, of(32, 9), fields.mac1, reply)).toBeUndefined();
    for (let at = 8; at < 64; at++) {
      const changed = reply.map((byte, i) => (i === at ? byte ^ 1 : byte));
      expect(openCookieReply(crypto, fields.key, fields.mac1, changed)).toBeUndefined();
    }
  });

  it("is dropped with reserved bytes or another size", () => {
    for (const at of [1, 2, 3]) {
      expect(cookieReplyReceiver(reply.map((byte, i) => (i === at ? 1 : byte)))).toBeUndefined();
    }
    expect(cookieReplyReceiver(reply.subarray(0, 63))).toBeUndefined();
    expect(cookieReplyReceiver(Uint8Array.from([...reply, 0]))).toBeUndefined();
    expect(cookieReplyReceiver(new Uint8Array(0))).toBeUndefined();
  });
});
