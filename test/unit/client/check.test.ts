// SPDX-License-Identifier: GPL-3.0-or-later

// The checks at the door, as plain JavaScript may come to it: what was named, expected, and came.

import {
  Address,
  checkOpenOptions,
  checkOutgoing,
  checkOutgoingBatch,
  checkPrivateKey,
  connect,
  generateKey,
  NodeError,
  type NodeErrorReason,
  type OpenOptions,
  type OutgoingDatagram,
} from "@inet256/client";
import { describe, expect, it } from "vitest";

const TO = Address.fromBytes(new Uint8Array(32).fill(7));

function refusal(reason: NodeErrorReason, message: string | RegExp): unknown {
  const said = typeof message === "string" ? message : expect.stringMatching(message);
  return expect.objectContaining({ name: "NodeError", reason, message: said });
}

describe("a destination and a payload", () => {
  it.each([
    ["a text", TO.toString(), "got string"],
    ["bytes", TO.bytes, "got Uint8Array"],
    ["nothing", undefined, "got undefined"],
    ["null", null, "got object"],
    ["something like an address", { bytes: TO.bytes }, "got Object"],
    ["something without a kind", Object.create(null), "got object"],
  ])("the destination is not %s", (_, to, got) => {
    expect(() => checkOutgoing(to, new Uint8Array())).toThrow(
      refusal("BAD_ADDRESS", `to: expected an Address, ${got}`),
    );
  });

  it.each([
    ["a text", "hello", "got string"],
    ["an array", [1, 2], "got Array"],
    ["another view", new Uint16Array(2), "got Uint16Array"],
    ["a buffer without a view", new ArrayBuffer(2), "got ArrayBuffer"],
    ["nothing", undefined, "got undefined"],
  ])("the payload is not %s", (_, payload, got) => {
    expect(() => checkOutgoing(TO, payload)).toThrow(
      refusal("BAD_REQUEST", `payload: expected a Uint8Array, ${got}`),
    );
  });

  it("the payload has at most 65,535 bytes", () => {
    for (const fine of [new Uint8Array(0), Buffer.alloc(65_535)]) {
      expect(checkOutgoing(TO, fine)).toBeUndefined();
    }
    expect(() => checkOutgoing(TO, new Uint8Array(65_536))).toThrow(
      refusal("MESSAGE_TOO_LARGE", "payload: expected at most 65535 bytes, got 65536"),
    );
  });

  it("a batch is looked at whole", () => {
    const good: OutgoingDatagram = { to: TO, payload: new Uint8Array(1) };
    expect(checkOutgoingBatch([])).toBeUndefined();
    expect(checkOutgoingBatch([good, good])).toBeUndefined();
    expect(() => checkOutgoingBatch([good, { ...good, payload: new Uint8Array(65_536) }])).toThrow(
      refusal("MESSAGE_TOO_LARGE", /65536/),
    );
    for (const wrong of [undefined, null, 5, {}, good]) {
      expect(() => checkOutgoingBatch(wrong as unknown as OutgoingDatagram[])).toThrow(
        refusal("BAD_REQUEST", /^batch: expected an array, got /),
      );
    }
    for (const wrong of [undefined, null, 5, "x"]) {
      const batch = [good, wrong as unknown as OutgoingDatagram];
      expect(() => checkOutgoingBatch(batch)).toThrow(NodeError);
    }
  });
});

describe("a private key", () => {
  it("is a PrivateKey", () => {
    const key = generateKey();
    expect(checkPrivateKey(key)).toBeUndefined();
    for (const wrong of [undefined, null, "key", key.serialize(), key.publicKey, { ...key }]) {
      expect(() => checkPrivateKey(wrong)).toThrow(
        refusal("BAD_KEY", /^privateKey: expected a PrivateKey, got \w+$/),
      );
    }
  });

  it("that was wiped is none any more", () => {
    const key = generateKey();
    key.wipe();
    expect(() => checkPrivateKey(key)).toThrow(refusal("BAD_KEY", "privateKey: it was wiped"));
  });
});

describe("options", () => {
  const wrong = (options: unknown): (() => void) => {
    return () => checkOpenOptions(options as OpenOptions);
  };

  it("of an opening that are known are taken", () => {
    const { signal } = new AbortController();
    for (const fine of [{}, { inboxBytes: 1 }, { inboxBytes: 0xffffffff, signal }]) {
      expect(checkOpenOptions(fine)).toBeUndefined();
    }
  });

  it("of an opening that are unknown are refused, whatever their value", () => {
    for (const options of [{ inbox_bytes: 5 }, { mtu: undefined }, { "": 1 }]) {
      expect(wrong(options)).toThrow(
        refusal("UNSUPPORTED_OPTION", /: unknown; known are inboxBytes, signal$/),
      );
    }
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 32, "1024", null, 10n])("inboxBytes is not %s", (value) => {
    expect(wrong({ inboxBytes: value })).toThrow(
      refusal("UNSUPPORTED_OPTION", /^options.inboxBytes: expected a whole number of bytes/),
    );
  });

  it("are an object", () => {
    for (const value of [null, 5, "inboxBytes", true]) {
      expect(wrong(value)).toThrow(refusal("BAD_REQUEST", /^options: expected an object, got /));
    }
  });

  it("of a client bound its inbox by a whole number of bytes", () => {
    for (const inboxBytes of [0, -1, 0.5, Number.NaN, "1024"]) {
      expect(() => connect("unix:///nowhere", { inboxBytes: inboxBytes as number })).toThrow(
        refusal("BAD_REQUEST", /^options.inboxBytes: expected a whole number of bytes/),
      );
    }
  });
});
