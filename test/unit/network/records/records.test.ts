// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import { decodeAttach, encodeAttach } from "../../../../server/src/network/records/attach.js";
import { decodeConsent, encodeConsent } from "../../../../server/src/network/records/consent.js";
import { decodeLocation, encodeLocation } from "../../../../server/src/network/records/location.js";

const tag = new Uint8Array(32).fill(0x7a);
const publicKey = new Uint8Array(41).fill(3);
const router = new Uint8Array(32).fill(4);
const sign = () => new Uint8Array(64).fill(5);

const attachFields = { kind: "attach", publicKey, router, seq: 6, lifetimeSeconds: 60 } as const;
const attach = encodeAttach(tag, attachFields, sign);
const consentFields = { attachHash: new Uint8Array(32).fill(7), seq: 8, lifetimeSeconds: 120 };
const consent = encodeConsent(tag, consentFields, sign);

describe("an attach record", () => {
  it("is what it was made of", () => {
    expect(attach.length).toBe(121 + 66);
    expect(decodeAttach(tag, attach)).toMatchObject({ ...attachFields, signature: sign() });
    const detach = encodeAttach(tag, { ...attachFields, kind: "detach" }, sign);
    expect(decodeAttach(tag, detach)?.kind).toBe("detach");
  });

  it("is signed over all but its signature", () => {
    let signed: Uint8Array | undefined;
    encodeAttach(tag, attachFields, (body) => {
      signed = body.slice();
      return sign();
    });
    expect(decodeAttach(tag, attach)?.body).toEqual(signed);
  });

  it("is none when cut short, longer, of another network, or out of bounds", () => {
    for (let i = 0; i < attach.length; i++) {
      expect(decodeAttach(tag, attach.subarray(0, i)), `${i} bytes`).toBeUndefined();
    }
    expect(decodeAttach(tag, Uint8Array.from([...attach, 0]))).toBeUndefined();
    expect(decodeAttach(router, attach)).toBeUndefined();
    for (const lifetimeSeconds of [0, 86_401, 2 ** 32 - 1]) {
      const record = encodeAttach(tag, { ...attachFields, lifetimeSeconds }, sign);
      expect(decodeAttach(tag, record), `${lifetimeSeconds} s`).toBeUndefined();
    }
    const highest = encodeAttach(tag, { ...attachFields, seq: 2 ** 53 - 1 }, sign);
    expect(decodeAttach(tag, highest)).toBeUndefined();
    const strange = attach.slice();
    strange[33] = 2;
    expect(decodeAttach(tag, strange)).toBeUndefined();
  });
});

describe("a consent", () => {
  it("is what it was made of", () => {
    expect(consent.length).toBe(77 + 66);
    expect(decodeConsent(tag, consent)).toMatchObject(consentFields);
  });

  it("is none when cut short, longer, of another network, or for more than 120 s", () => {
    for (let i = 0; i < consent.length; i++) {
      expect(decodeConsent(tag, consent.subarray(0, i)), `${i} bytes`).toBeUndefined();
    }
    expect(decodeConsent(tag, Uint8Array.from([...consent, 0]))).toBeUndefined();
    expect(decodeConsent(router, consent)).toBeUndefined();
    for (const lifetimeSeconds of [0, 121]) {
      const record = encodeConsent(tag, { ...consentFields, lifetimeSeconds }, sign);
      expect(decodeConsent(tag, record), `${lifetimeSeconds} s`).toBeUndefined();
    }
  });
});

describe("a location", () => {
  const location = encodeLocation(attach, consent, publicKey, 59, 119);

  it("is what it was made of", () => {
    const decoded = decodeLocation(tag, location);
    expect(decoded?.attach.bytes).toEqual(attach);
    expect(decoded?.consent?.bytes).toEqual(consent);
    expect(decoded).toMatchObject({ routerKey: publicKey, attachSeconds: 59, consentSeconds: 119 });
  });

  it("may be without a consent, and then without its key and time", () => {
    const none = new Uint8Array(0);
    const shown = decodeLocation(tag, encodeLocation(attach, none, none, 5, 0));
    expect(shown?.consent).toBeUndefined();
    expect(decodeLocation(tag, encodeLocation(attach, none, publicKey, 5, 0))).toBeUndefined();
    expect(decodeLocation(tag, encodeLocation(attach, none, none, 5, 1))).toBeUndefined();
  });

  it("never has more time than its records", () => {
    expect(decodeLocation(tag, encodeLocation(attach, consent, publicKey, 61, 1))).toBeUndefined();
    expect(decodeLocation(tag, encodeLocation(attach, consent, publicKey, 1, 121))).toBeUndefined();
  });

  it("is none when cut short or longer", () => {
    for (let i = 0; i < location.length; i++) {
      expect(decodeLocation(tag, location.subarray(0, i)), `${i} bytes`).toBeUndefined();
    }
    expect(decodeLocation(tag, Uint8Array.from([...location, 0]))).toBeUndefined();
  });
});
