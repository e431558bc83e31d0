// SPDX-License-Identifier: GPL-3.0-or-later

// C1, C2, C4: what a certificate binds, and what it deliberately does not.

import { describe, expect, it } from "vitest";
import type { Signer } from "../../../../server/src/channel/index.js";
import { selectCrypto } from "../../../../server/src/crypto/index.js";
import { createChannelLab, type LabHost } from "../../../support/channel-lab.js";
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
  LAYERS,
  type Scene,
  sentBy,
  sourceOf,
  text,
} from "./scene.js";

describe.each(LAYERS)("the certificate in the %s layer", (layer) => {
  /** Bob is asked for a session with this static key and this payload of message 3. */
  function knock(
    scene: Scene,
    s: { readonly secret: Uint8Array; readonly publicKey: Uint8Array },
    payload: (index: number) => Uint8Array,
  ): void {
    const { lab, bob, aliceSigner, bobSigner } = scene;
    const from = sourceOf(lab, "alice's place", aliceSigner.address);
    const by = createHandmadeInitiator(lab, {
      responder: bobSigner.address,
      initiator: aliceSigner.address,
      s,
    });
    lab.inject(bob, by.message1, from);
    lab.run(20);
    const read = by.read(first(sentBy(lab, bob, 0x52).slice(-1)));
    if (read === undefined) throw new Error("expected a message 2 that can be read");
    for (const datagram of by.write(payload(by.index), read.sender))
      lab.inject(bob, datagram, from);
    lab.run(20);
  }

  it("cert-of-dropped-node-is-useless", () => {
    const scene = createScene({ layer });
    const { alice, bob } = scene;
    exchange(scene, "before");
    const dropped = alice.credentials;
    const certified = dropped.staticKey.publicKey.slice();
    dropped.wipe();
    alice.restart();
    // Nothing is left of the key, and no other opening has it.
    expect(dropped.staticKey.secret).toEqual(new Uint8Array(32));
    expect(alice.credentials.staticKey.publicKey).not.toEqual(certified);
    // The certificate is still good; who finds it finds no key to go with it.
    const before = bob.events.length;
    knock(scene, dropped.staticKey, dropped.payload);
    expect(bob.events.slice(before)).toEqual([]);
    expect(bob.endpoint.counters.droppedHandshake).toBe(1);
    exchange(scene, "after");
    expect(bob.events).toContain("established alice responder new incarnation");
    // The counterpart: with the key of the new opening the same knock opens.
    const twin = alice.credentials;
    knock(scene, twin.staticKey, twin.payload);
    expect(bob.events[bob.events.length - 1]).toBe("established alice responder");
  });

  it("cert-contains-no-peer-bytes", () => {
    const lab = createChannelLab({ layer });
    const honest = createSigner(lab);
    const signed: Uint8Array[] = [];
    const signer: Signer = {
      ...honest,
      sign(certificate) {
        signed.push(certificate.slice());
        return honest.sign(certificate);
      },
    };
    const alice = lab.host("alice", { signer });
    const peers: readonly LabHost[] = [lab.host("bob"), lab.host("carol")];
    // One signature, before there is any peer; no handshake, on either side of it, adds one.
    expect(signed.length).toBe(1);
    for (const [i, peer] of peers.entries()) {
      if (i === 0) alice.send(peer, text("to bob"));
      else peer.send(alice, text("from carol"));
      lab.run(200);
      expect(i === 0 ? peer.arrivals.length : alice.arrivals.length).toBe(1);
    }
    expect(signed.length).toBe(1);
    // To the byte: version, layer, no end, our key, and one X25519 key.
    const { publicKey } = signer;
    const expected = [
      Uint8Array.of(1, layer === "link" ? 1 : 2),
      new Uint8Array(8),
      Uint8Array.of(publicKey.length, 0),
      publicKey,
      Uint8Array.of(1, 1, 0, 32, 0),
      alice.credentials.staticKey.publicKey,
    ];
    expect(Buffer.from(first(signed))).toEqual(Buffer.concat(expected));
  });

  it("transcript-can-be-simulated-by-receiver", () => {
    // Bob keeps the secrets of his own ephemeral keys.
    const own = new Map<string, Uint8Array>();
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
    const native = selectCrypto();
    const crypto = {
      ...native,
      x25519PublicKey(secret: Uint8Array) {
        const publicKey = native.x25519PublicKey(secret);
        own.set(hex(publicKey), secret.slice());
        return publicKey;
      },
    };
    const scene = createScene({ layer, crypto });
    const { lab, alice, bob, aliceSigner, bobSigner } = scene;
    // Alice never speaks with bob, only with carol, who passes on what she was shown.
    const carol = lab.host("carol");
    alice.send(carol, text("hello"));
    lab.run(200);
    expect(carol.arrivals.length).toBe(1);
    const shown = alice.credentials.payload;
    const s = {
      secret: new Uint8Array(32).fill(9),
      publicKey: alice.credentials.staticKey.publicKey,
    };
    let re = new Uint8Array(32);
    const simulating = {
      ...crypto,
      // se, seen from bob: his ephemeral secret and alice's public key.
      x25519: (secret: Uint8Array, publicKey: Uint8Array, out: Uint8Array) =>
        secret === s.secret
          ? native.x25519(own.get(hex(re)) ?? new Uint8Array(32), s.publicKey, out)
          : native.x25519(secret, publicKey, out),
    };
    const by = createHandmadeInitiator(lab, {
      responder: bobSigner.address,
      initiator: aliceSigner.address,
      s,
      crypto: simulating,
    });
    const from = sourceOf(lab, "bob's own desk", aliceSigner.address);
    lab.inject(bob, by.message1, from);
    lab.run(5);
    const message2 = first(sentBy(lab, bob, 0x52));
    re = message2.slice(12, 44);
    const read = by.read(message2);
    if (read === undefined) throw new Error("expected a message 2 that can be read");
    for (const datagram of by.write(shown(by.index), read.sender)) lab.inject(bob, datagram, from);
    lab.run(5);
    // It is as good a transcript as one of alice's, so that none of them proves anything.
    expect(bob.events).toEqual(["established alice responder"]);
  });

  it("link-cert-refused-in-session", () => {
    const other = layer === "link" ? 2 : 1;
    const scene = createScene({ layer });
    const { lab, alice, bob, aliceSigner } = scene;
    const { staticKey } = alice.credentials;
    const payload = (certified: number) => (sender: number) =>
      payloadOf(lab, aliceSigner, { sender, staticKey: staticKey.publicKey, layer: certified });
    knock(scene, staticKey, payload(other));
    expect(bob.events).toEqual([]);
    expect(bob.endpoint.counters.droppedHandshake).toBe(1);
    knock(scene, staticKey, payload(lab.rules.id));
    expect(bob.events).toEqual(["established alice responder"]);
    // And the other way round: bob presents one to alice.
    const second = createScene({ layer, seed: 2 });
    second.lab.fate = () => [];
    second.alice.send(second.bob, text("hello"));
    second.lab.run(1);
    const message1 = first(sentBy(second.lab, second.alice, 0x51));
    const places = { responder: second.bobSigner.address, initiator: second.aliceSigner.address };
    const by = createHandmadeResponder(second.lab, places, message1);
    const parts = { sender: by.index, staticKey: by.s.publicKey, layer: other };
    const index = Buffer.from(message1).readUInt32LE(4);
    for (const datagram of by.write(payloadOf(second.lab, second.bobSigner, parts), index)) {
      second.lab.inject(second.alice, datagram, second.bob.source);
    }
    second.lab.run(20);
    expect(second.alice.endpoint.counters.droppedHandshake).toBe(1);
    expect(sentBy(second.lab, second.alice, 0x53)).toEqual([]);
  });
});
