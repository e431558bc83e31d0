// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from "vitest";
import {
  certificateBytes,
  createCertificateVerifier,
} from "../../../server/src/channel/certificate.js";
import { createPeerVerifier } from "../../../server/src/channel/peer-verifier.js";
import { writeU64 } from "../../../server/src/core/index.js";
import { selectCrypto } from "../../../server/src/crypto/index.js";
import { createIdentities } from "../../../server/src/identity/index.js";
import { createChannelLab } from "../../support/channel-lab.js";
import { createSigner } from "../../support/handmade-handshake.js";
import { createSeededRandom } from "../../support/seeded-random.js";

const crypto = selectCrypto();
const of = (length: number, value: number) => new Uint8Array(length).fill(value);

describe("the certificate", () => {
  it("has its bytes where the protocol has them", () => {
    const bytes = certificateBytes({
      layer: 2,
      notAfter: of(8, 7),
      publicKey: of(300, 1),
      staticKey: of(32, 2),
      extraStatics: Uint8Array.of(9, 0, 1, 0, 5),
      extras: 1,
    });
    const expected = [
      ...[1, 2, 7, 7, 7, 7, 7, 7, 7, 7],
      ...[300 & 0xff, 300 >> 8, ...of(300, 1)],
      ...[2, 1, 0, 32, 0, ...of(32, 2)],
      ...[9, 0, 1, 0, 5],
    ];
    expect([...bytes]).toEqual(expected);
  });

  it("is verified under its purpose, and a key that does not parse verifies nothing", () => {
    const lab = createChannelLab();
    const signer = createSigner(lab);
    const verify = createCertificateVerifier(createIdentities(crypto, lab.random).keys);
    const certificate = of(70, 3);
    const signature = signer.sign(certificate);
    expect(verify(signer.publicKey, certificate, signature)).toBe(true);
    expect(verify(signer.publicKey, of(70, 4), signature)).toBe(false);
    expect(verify(signer.publicKey, certificate, signature.subarray(1))).toBe(false);
    expect(verify(new Uint8Array(0), certificate, signature)).toBe(false);
    expect(verify(of(5, 255), certificate, signature)).toBe(false);
  });
});

describe("the verification of a peer", () => {
  const random = createSeededRandom(4);
  const publicKey = random.bytes(40);
  const address = new Uint8Array(32);
  crypto.shake256(address, publicKey);
  const notAfter = (seconds: number) => {
    const bytes = new Uint8Array(8);
    writeU64(bytes, 0, seconds);
    return bytes;
  };
  const payload = {
    sender: 1,
    notAfter: notAfter(0),
    publicKey,
    signature: of(64, 1),
    extraStatics: new Uint8Array(0),
    extras: 0,
  };
  const staticKey = of(32, 9);
  function verifier(unixSeconds = 1_000_000) {
    const verified: string[] = [];
    const verify = createPeerVerifier({
      crypto,
      layer: 1,
      unixSeconds: () => unixSeconds,
      verify(_key, certificate, signature) {
        verified.push(`${certificate[1]}`);
        return signature[0] === 1;
      },
    });
    return { verify, verified };
  }

  it("asks for the address first, for a signature costs more", () => {
    const { verify, verified } = verifier();
    expect(verify(payload, staticKey, () => false, 0)).toBeUndefined();
    expect(verified).toEqual([]);
    const asked: Uint8Array[] = [];
    const peer = verify(payload, staticKey, (of) => asked.push(of.slice()) > 0, 0);
    expect(asked).toEqual([address]);
    expect(peer).toEqual({ publicKey, address });
  });

  it("verifies the same certificate once, and never takes another for it", () => {
    const { verify, verified } = verifier();
    const yes = () => true;
    expect(verify(payload, staticKey, yes, 0)).toBeDefined();
    expect(verify(payload, staticKey, yes, 0)).toBeDefined();
    expect(verified.length).toBe(1);
    expect(verify({ ...payload, signature: of(64, 2) }, staticKey, yes, 0)).toBeUndefined();
    expect(verify({ ...payload, signature: of(64, 2) }, staticKey, yes, 0)).toBeUndefined();
    expect(verify(payload, of(32, 8), yes, 0)).toBeDefined();
    expect(verify({ ...payload, notAfter: notAfter(2_000_000) }, staticKey, yes, 0)).toBeDefined();
    const extras = { extraStatics: Uint8Array.of(9, 0, 0, 0), extras: 1 };
    expect(verify({ ...payload, ...extras }, staticKey, yes, 0)).toBeDefined();
    expect(verified.length).toBe(6);
  });

  it("holds to the end of a certificate with 300 s of grace, also of one that it knows", () => {
    const ends = { ...payload, notAfter: notAfter(1_000_000) };
    const yes = () => true;
    expect(verifier(999_999).verify(ends, staticKey, yes, 0)).toBeDefined();
    expect(verifier(1_000_300).verify(ends, staticKey, yes, 0)).toBeDefined();
    expect(verifier(1_000_301).verify(ends, staticKey, yes, 0)).toBeUndefined();
    let now = 1_000_000;
    const verify = createPeerVerifier({
      crypto,
      layer: 1,
      unixSeconds: () => now,
      verify: () => true,
    });
    expect(verify(ends, staticKey, yes, 0)).toBeDefined();
    now = 1_000_301;
    expect(verify(ends, staticKey, yes, 0)).toBeUndefined();
    expect(verify({ ...ends, notAfter: notAfter(0) }, staticKey, yes, 0)).toBeDefined();
  });
});
