// SPDX-License-Identifier: GPL-3.0-or-later

// S5: what one source makes us look into does not use up what is there for everybody.

import { describe, expect, it } from "vitest";
import { readU32 } from "../../../server/src/core/index.js";
import { createPortableCrypto } from "../../../server/src/crypto/index.js";
import type { LabHost, LabSource } from "../../support/channel-lab.js";
import { createHandmadeInitiator } from "../../support/handmade-handshake.js";
import { createToyCrypto } from "../../support/toy-crypto.js";
import { createScene, first, LAYERS, type Scene, sentBy, text } from "./rules/scene.js";

const PORTABLE = { ...createToyCrypto(), name: "portable" as const };

/** So many forged messages, one after the other, while the clock goes on. */
function forge(
  { lab }: Scene,
  to: LabHost,
  from: LabSource,
  forged: Uint8Array,
  perMs: number,
): void {
  for (let ms = 0; ms < 2_000; ms++) {
    for (let i = 0; i < perMs; i++) lab.inject(to, forged, from, ms);
  }
}

/** A message of this type with these indices and nothing else right. */
function forgery(type: number, bytes: number, sender: number, receiver: number): Uint8Array {
  const forged = new Uint8Array(bytes);
  forged.set([type, 1, 1, 0]);
  const words = new DataView(forged.buffer);
  words.setUint32(4, sender, true);
  words.setUint32(8, receiver, true);
  return forged;
}

describe.each(LAYERS)("handshakes in the %s layer", (layer) => {
  it.each([undefined, PORTABLE])("a-flood-of-message-3-leaves-others-theirs", (crypto) => {
    const scene = createScene({ layer, ...(crypto && { crypto }) });
    const { lab, alice, bob, mallory } = scene;
    const { message1, index } = createHandmadeInitiator(lab, {
      responder: bob.credentials.address,
      initiator: mallory.bytes,
    });
    lab.inject(bob, message1, mallory);
    lab.run(1);
    const half = readU32(first(sentBy(lab, bob, 0x52)), 4);
    forge(scene, bob, mallory, forgery(0x53, 205, index, half), 5);
    lab.run(500);
    expect(bob.endpoint.counters.droppedRate).toBeGreaterThan(500);
    alice.send(bob, text("hello"));
    lab.runUntil("hello", () => bob.arrivals.length === 1, 100);
  });

  it.each([undefined, PORTABLE])("a-flood-of-message-2-leaves-others-theirs", (crypto) => {
    const scene = createScene({ layer, ...(crypto && { crypto }) });
    const { lab, alice, bob } = scene;
    const mallory = lab.host("a responder");
    lab.fate = ({ to }) => (to.name === mallory.name ? [] : [{ delayMs: 10 }]);
    alice.send(mallory, text("answer me"));
    const mine = readU32(first(sentBy(lab, alice, 0x51)), 4);
    forge(scene, alice, mallory.source, forgery(0x52, 237, 7, mine), 5);
    lab.run(500);
    expect(alice.endpoint.counters.droppedRate).toBeGreaterThan(500);
    alice.send(bob, text("hello"));
    lab.runUntil("hello", () => bob.arrivals.length === 1, 100);
  });
});

// What the toy stands for above.
it("the portable adapter is known by its name", () => {
  expect(createPortableCrypto().name).toBe(PORTABLE.name);
});
