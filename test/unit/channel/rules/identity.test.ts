// SPDX-License-Identifier: GPL-3.0-or-later

// C4, C5: nobody but the holder of the wanted address's key gets a session, or message 3.

import { describe, expect, it } from "vitest";
import type { Signer } from "../../../../server/src/channel/index.js";
import { responderKeys, writeMac1 } from "../../../../server/src/channel/wire/message1.js";
import { readU32 } from "../../../../server/src/core/index.js";
import type { Crypto } from "../../../../server/src/crypto/index.js";
import { generateKeypair, type KeyPair } from "../../../../server/src/noise/index.js";
import {
  createHandmadeInitiator,
  createHandmadeResponder,
  createSigner,
  payloadOf,
} from "../../../support/handmade-handshake.js";
import {
  createScene,
  exchange,
  first,
  heard,
  LAYERS,
  type Scene,
  sentBy,
  sourceOf,
  text,
} from "./scene.js";

const ZEROS = new Uint8Array(32);

describe.each(LAYERS)("identities in the %s layer", (layer) => {
  /** Alice asks for bob; the wire holds bob's side back until `fate` is set again. */
  function asked(seed = 1): { readonly scene: Scene; readonly message1: Uint8Array } {
    const scene = createScene({ layer, seed });
    const { lab, alice, bob } = scene;
    lab.fate = ({ bytes }) => (bytes[0] === 0x51 ? [] : [{ delayMs: 10 }]);
    alice.send(bob, text("for bob only"));
    return { scene, message1: first(sentBy(lab, alice, 0x51)) };
  }
  /** A message 2 of mallory's making. */
  function forge(
    { lab, aliceSigner, bobSigner }: Scene,
    message1: Uint8Array,
    signer: Signer,
    signedBy: Signer,
    certified?: Uint8Array,
  ): readonly Uint8Array[] {
    const places = { responder: bobSigner.address, initiator: aliceSigner.address };
    const by = createHandmadeResponder(lab, places, message1);
    const staticKey = certified ?? by.s.publicKey;
    const payload = payloadOf(lab, signer, { sender: by.index, staticKey, signedBy });
    return by.write(payload, readU32(message1, 4));
  }

  it("relayed-message1-to-other-identity-fails", () => {
    const { scene, message1 } = asked();
    const { lab, alice, bob, aliceSigner, bobSigner } = scene;
    const carolSigner = createSigner(lab);
    const carol = lab.host("carol", { signer: carolSigner });
    const forCarol = (message: Uint8Array): Uint8Array => {
      const copy = message.slice();
      writeMac1(lab.crypto, responderKeys(lab.crypto, carolSigner.address).mac1, copy);
      return copy;
    };
    // Mallory passes carol's answer off as bob's.
    lab.fate = ({ from, bytes }) => {
      if (bytes[0] === 0x51) return [];
      return [{ delayMs: 10, from: from === carol.source ? bob.source : from }];
    };
    // As it stands carol does not even notice; with her mac1 her answer is no answer to alice.
    lab.inject(carol, message1, alice.source);
    lab.inject(carol, forCarol(message1), alice.source);
    lab.run(30);
    expect(carol.endpoint.counters.droppedWrongMac1).toBe(1);
    expect(sentBy(lab, carol, 0x52).length).toBe(1);
    expect(alice.endpoint.counters.droppedHandshake).toBe(1);
    expect(sentBy(lab, alice, 0x53)).toEqual([]);
    // Nor is it to an initiator that looks at no identity: the transcripts differ.
    const careless = createHandmadeInitiator(lab, {
      responder: bobSigner.address,
      initiator: aliceSigner.address,
    });
    const relayed = (message: Uint8Array) => {
      lab.inject(carol, message, alice.source);
      lab.run(5);
      return careless.read(first(sentBy(lab, carol, 0x52).slice(-1)));
    };
    expect(relayed(forCarol(careless.message1))).toBeUndefined();
    // The handshake that was tried with the wrong one goes on with the right one.
    lab.inject(bob, message1, alice.source);
    lab.run(500);
    expect(heard(bob)).toEqual(["for bob only"]);
    expect(carol.events).toEqual([]);
  });

  it("message-2-wrong-identity-never-gets-message-3", () => {
    const { scene, message1 } = asked();
    const { lab, alice, bob, bobSigner, mallorySigner, mallory } = scene;
    const bobStatic = bob.credentials.staticKey.publicKey;
    const forged = [
      // His own name; bob's name and his own signature; his name and bob's signature;
      ...forge(scene, message1, mallorySigner, mallorySigner),
      ...forge(scene, message1, bobSigner, mallorySigner),
      ...forge(scene, message1, mallorySigner, bobSigner),
      // and bob's certificate as it is, for a static key that mallory does not have.
      ...forge(scene, message1, bobSigner, bobSigner, bobStatic),
    ];
    for (const datagram of forged) {
      lab.inject(alice, datagram, bob.source);
      lab.inject(alice, datagram, mallory);
    }
    lab.run(200);
    expect(sentBy(lab, alice, 0x53)).toEqual([]);
    const { droppedHandshake, droppedMismatch } = alice.endpoint.counters;
    // M1: in the session layer a source that is not bob's is enough.
    expect([droppedHandshake, droppedMismatch]).toEqual(layer === "link" ? [8, 0] : [4, 4]);
    expect(alice.events).toEqual([]);
    lab.inject(bob, message1, alice.source);
    lab.run(500);
    expect(heard(bob)).toEqual(["for bob only"]);
  });

  it("message-2-wrong-identity-never-gets-message-3: not oneself either", () => {
    const { lab, alice } = createScene({ layer });
    alice.send(alice, text("to myself"));
    lab.run(4_000);
    expect(sentBy(lab, alice, 0x52).length).toBeGreaterThan(0);
    expect(sentBy(lab, alice, 0x53)).toEqual([]);
    expect(alice.endpoint.counters.droppedHandshake).toBeGreaterThan(0);
  });

  it("zero-dh-aborts", () => {
    // Keys of zeros: every DH result with them is zeros, as mallory's own arithmetic has it.
    const zero: KeyPair = { secret: new Uint8Array(32), publicKey: ZEROS };
    const lax = (crypto: Crypto): Crypto => ({
      ...crypto,
      x25519(secret, publicKey, out) {
        const low = secret === zero.secret || Buffer.compare(publicKey, ZEROS) === 0;
        if (low) return out.fill(0).length === 32;
        return crypto.x25519(secret, publicKey, out);
      },
    });
    const scene = createScene({ layer });
    const { lab, alice, bob, aliceSigner, bobSigner } = scene;
    const places = { responder: bobSigner.address, initiator: aliceSigner.address };
    const from = sourceOf(lab, "alice's place", aliceSigner.address);
    // e of zeros in message 1.
    const first1 = createHandmadeInitiator(lab, {
      ...places,
      crypto: lax(lab.crypto),
      e: { secret: new Uint8Array(32), publicKey: ZEROS },
    });
    lab.inject(bob, first1.message1, from);
    lab.run(20);
    expect(sentBy(lab, bob, 0x52)).toEqual([]);
    expect(bob.endpoint.halfOpen()).toBe(0);
    expect(bob.endpoint.indices()).toBe(0);
    // s of zeros in message 3, with a certificate for it that is quite in order.
    const second = createHandmadeInitiator(lab, { ...places, s: zero, crypto: lax(lab.crypto) });
    lab.inject(bob, second.message1, from);
    lab.run(20);
    const read = second.read(first(sentBy(lab, bob, 0x52)));
    if (read === undefined) throw new Error("expected a message 2 that can be read");
    const signed = payloadOf(lab, aliceSigner, { sender: second.index, staticKey: ZEROS });
    for (const datagram of second.write(signed, read.sender)) lab.inject(bob, datagram, from);
    lab.run(20);
    expect(bob.events).toEqual([]);
    expect(bob.endpoint.counters.droppedHandshake).toBe(2);
    // e, and s, of zeros in message 2.
    lab.fate = () => [];
    alice.send(bob, text("hello"));
    const message1 = first(sentBy(lab, alice, 0x51));
    const honest = generateKeypair(lab.crypto, lab.random);
    for (const keys of [{ e: zero }, { s: zero }, { e: zero, s: zero }, { e: honest, s: honest }]) {
      const crypto = lax({
        ...lab.crypto,
        x25519: (secret, publicKey, out) => lab.crypto.x25519(secret, publicKey, out),
      });
      const by = createHandmadeResponder(lab, { ...places, ...keys, crypto }, message1);
      const payload = payloadOf(lab, bobSigner, { sender: by.index, staticKey: by.s.publicKey });
      expect(sentBy(lab, alice, 0x53)).toEqual([]);
      for (const datagram of by.write(payload, readU32(message1, 4))) {
        lab.inject(alice, datagram, bob.source);
      }
      lab.run(20);
    }
    // Three were refused; the fourth, made in the same way from honest keys, was not.
    expect(alice.endpoint.counters.droppedHandshake).toBe(3);
    expect(sentBy(lab, alice, 0x53).length).toBeGreaterThan(0);
  });

  it("leaves both able to talk after all that", () => {
    const { scene } = asked(3);
    scene.lab.fate = () => [{ delayMs: 10 }];
    exchange(scene, "still");
  });
});
