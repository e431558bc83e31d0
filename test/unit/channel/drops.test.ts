// SPDX-License-Identifier: GPL-3.0-or-later

// What is dropped at the door of an endpoint, and what unknown things are let through (C2, C3, M1).

import { describe, expect, it } from "vitest";
import type { Source } from "../../../server/src/channel/index.js";
import { readU32, writeU64 } from "../../../server/src/core/index.js";
import { createHandmadeInitiator, payloadOf } from "../../support/handmade-handshake.js";
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
} from "./rules/scene.js";

/** A handshake by hand, up to bob's answer to this payload of message 3. */
function present(scene: Scene, payload: (sender: number, staticKey: Uint8Array) => Uint8Array) {
  const { lab, bob, aliceSigner, bobSigner } = scene;
  const from = sourceOf(lab, "alice's place", aliceSigner.address);
  const places = { responder: bobSigner.address, initiator: aliceSigner.address };
  const by = createHandmadeInitiator(lab, places);
  lab.inject(bob, by.message1, from);
  lab.run(1);
  const read = by.read(first(sentBy(lab, bob, 0x52).slice(-1)));
  if (read === undefined) throw new Error("expected a message 2 that can be read");
  for (const datagram of by.write(payload(by.index, by.s.publicKey), read.sender)) {
    lab.inject(bob, datagram, from);
  }
  lab.run(1);
}

describe.each(LAYERS)("an endpoint of the %s layer", (layer) => {
  it("drops message 1 with an unknown suite or flag, a receiver, fragments, or another size", () => {
    const scene = createScene({ layer });
    const { lab, alice, bob, bobSigner, mallory } = scene;
    const places = { responder: bobSigner.address, initiator: mallory.bytes };
    const { message1 } = createHandmadeInitiator(lab, places);
    const changed = (at: number, value: number) => message1.slice().fill(value, at, at + 1);
    const bad = [
      ...[changed(1, 2), changed(1, 0), changed(2, 0x02), changed(2, 0), changed(3, 2)],
      ...[changed(8, 1), changed(11, 1), message1.subarray(1), Uint8Array.from([...message1, 0])],
      ...[changed(0, 0x50), changed(0, 0x57), message1.subarray(0, 1), new Uint8Array(0)],
    ];
    for (const bytes of bad) bob.receive(bytes, mallory);
    expect(bob.endpoint.counters.droppedMalformed).toBe(bad.length);
    // A flag that was put in afterwards, and a wrong mac1: silence too.
    bob.receive(changed(3, 1), mallory);
    bob.receive(changed(message1.length - 17, 0), mallory);
    alice.receive(message1, mallory);
    expect(bob.endpoint.counters.droppedWrongMac1).toBe(2);
    expect(alice.endpoint.counters.droppedWrongMac1).toBe(1);
    expect(lab.sent).toEqual([]);
    bob.receive(message1, mallory);
    expect(lab.sent.length).toBe(1);
  });

  it("drops data, cookies and hints with reserved bytes", () => {
    const scene = createScene({ layer });
    const { lab, alice, bob } = scene;
    exchange(scene, "before");
    const malformed = () => bob.endpoint.counters.droppedMalformed;
    const data = first(sentBy(lab, alice, 0x55).slice(-1));
    lab.sent.length = 0;
    for (const at of [1, 2, 3]) bob.receive(data.slice().fill(1, at, at + 1), alice.source);
    bob.receive(data.subarray(0, 31), alice.source);
    expect(malformed()).toBe(4);
    const hint = Uint8Array.of(0x56, 0, 0, 0, ...data.subarray(4, 16));
    for (const at of [1, 2, 3]) bob.receive(hint.slice().fill(1, at, at + 1), alice.source);
    bob.receive(hint.subarray(0, 15), alice.source);
    expect(malformed()).toBe(8);
    expect(lab.sent).toEqual([]);
  });

  it("C3: ignores unknown caps and params of an authentic payload, and drops what is cut off", () => {
    const scene = createScene({ layer });
    const { lab, bob, aliceSigner } = scene;
    const honest = (sender: number, staticKey: Uint8Array) =>
      payloadOf(lab, aliceSigner, { sender, staticKey });
    present(scene, (...of) => honest(...of).subarray(1));
    present(scene, (...of) => Uint8Array.from([...honest(...of), 0]));
    present(scene, (sender, key) => honest(sender ^ 1, key));
    expect([bob.events, bob.endpoint.counters.droppedHandshake]).toEqual([[], 3]);
    present(scene, (...of) => {
      const plain = honest(...of).fill(0xff, 4, 8);
      const params = [77, 3, 0, 1, 2, 3, 78, 0, 0];
      return Uint8Array.from([...plain.subarray(0, -2), params.length, 0, ...params]);
    });
    expect(bob.events).toEqual(["established alice responder"]);
  });

  it("C2: holds a certificate to its end, with 300 s of grace", () => {
    const scene = createScene({ layer });
    const { lab, bob, aliceSigner } = scene;
    const wall = (seconds: number) => bob.endpoint.clocks(lab.clock.monotonicMs(), seconds * 1_000);
    const until = (seconds: number) => (sender: number, staticKey: Uint8Array) => {
      const notAfter = new Uint8Array(8);
      writeU64(notAfter, 0, seconds);
      return payloadOf(lab, aliceSigner, { sender, staticKey, notAfter });
    };
    wall(1_800_000_000);
    present(scene, until(1_800_000_000 - 310));
    expect(bob.events).toEqual([]);
    present(scene, until(1_800_000_000 - 290));
    expect(bob.events).toEqual(["established alice responder"]);
  });
});

describe("the addresses of a session's packets (M1)", () => {
  it("are those of the handshake, or the datagram is dropped", () => {
    const scene = createScene({ layer: "session" });
    const { lab, alice, bob, mallory } = scene;
    let from: Source | undefined = mallory;
    lab.fate = (flying) => {
      const { bytes } = flying;
      const stray = bytes[0] === 0x52 || bytes[0] === 0x53 || bytes[0] === 0x55;
      if (!stray || from === undefined) return [{ delayMs: 10 }];
      return [{ delayMs: 5, from: mallory }];
    };
    alice.send(bob, text("hello"));
    lab.run(100);
    expect(alice.endpoint.counters.droppedMismatch).toBe(1);
    const message2 = first(sentBy(lab, bob, 0x52));
    alice.receive(message2, bob.source);
    lab.run(10);
    expect(bob.endpoint.counters.droppedMismatch).toBe(1);
    expect(bob.events).toEqual([]);
    from = undefined;
    lab.run(2_000);
    expect(heard(bob)).toEqual(["hello"]);
    const before = bob.endpoint.counters.droppedMismatch;
    from = mallory;
    alice.send(bob, text("astray"));
    lab.run(20);
    expect(heard(bob)).toEqual(["hello"]);
    expect(bob.endpoint.counters.droppedMismatch).toBe(before + 1);
  });

  it("include ours: what is for another node of the daemon is not for this session", () => {
    const scene = createScene({ layer: "session" });
    const { lab, alice, bob } = scene;
    exchange(scene, "before");
    lab.fate = () => [];
    alice.send(bob, text("to bob"));
    const data = first(sentBy(lab, alice, 0x55).slice(-1)).slice();
    const { endpoint, credentials } = bob;
    const to = { ...credentials, address: alice.credentials.address };
    endpoint.receive(data.slice(), 0, data.length, alice.source, to, lab.clock.monotonicMs());
    expect(endpoint.counters.droppedMismatch).toBe(1);
    endpoint.receive(data, 0, data.length, alice.source, credentials, lab.clock.monotonicMs());
    expect(heard(bob)).toContain("to bob");
    expect(readU32(data, 4)).toBe(alice.channelTo(bob).sendingIndex());
  });
});
