// SPDX-License-Identifier: GPL-3.0-or-later

// C7, C8, S5: what a cookie proves, and what one can be made to do.

import { describe, expect, it } from "vitest";
import {
  encodeCookieReply,
  openCookieReply,
} from "../../../../server/src/channel/wire/cookie-reply.js";
import { mac1Of, responderKeys } from "../../../../server/src/channel/wire/message1.js";
import { readU32 } from "../../../../server/src/core/index.js";
import type { LabSource } from "../../../support/channel-lab.js";
import {
  createHandmadeInitiator,
  type HandmadeInitiator,
} from "../../../support/handmade-handshake.js";
import {
  createScene,
  first,
  heard,
  LAYERS,
  type Scene,
  sentBy,
  strangerAt,
  text,
} from "./scene.js";

/** What bob answers to this datagram from there. */
function answers(
  { lab, bob }: Scene,
  datagram: Uint8Array,
  from: LabSource,
): readonly Uint8Array[] {
  const before = lab.sent.length;
  lab.inject(bob, datagram, from);
  lab.run(1);
  return lab.sent
    .slice(before)
    .filter(({ to }) => to === from)
    .map(({ bytes }) => bytes);
}
const types = (datagrams: readonly Uint8Array[]): readonly (number | undefined)[] =>
  datagrams.map((datagram) => datagram[0]);

/** A knock that needs a cookie always. */
function knock({ lab, bobSigner }: Scene, from: LabSource): HandmadeInitiator {
  return createHandmadeInitiator(lab, {
    responder: bobSigner.address,
    initiator: from.bytes,
    flags: 1,
  });
}
/** The cookie in what bob answered to this knock. */
function cookieOf({ lab, bobSigner }: Scene, by: HandmadeInitiator, reply: Uint8Array): Uint8Array {
  const { cookie: key } = responderKeys(lab.crypto, bobSigner.address);
  const cookie = openCookieReply(lab.crypto, key, mac1Of(by.message1), reply);
  if (cookie === undefined) throw new Error("expected a cookie reply that opens");
  return cookie;
}
/** A cookie reply of mallory's making for a message 1 that he has seen. */
function forgedReply({ lab, bobSigner }: Scene, message1: Uint8Array): Uint8Array {
  return encodeCookieReply(lab.crypto, {
    receiver: readU32(message1, 4),
    nonce: lab.random.bytes(24),
    key: responderKeys(lab.crypto, bobSigner.address).cookie,
    mac1: mac1Of(message1),
    cookie: lab.random.bytes(16),
  });
}

describe.each(LAYERS)("cookies in the %s layer", (layer) => {
  it("cookie-from-other-source-refused", () => {
    const scene = createScene({ layer });
    const here = strangerAt(scene.lab, "here");
    const there = strangerAt(scene.lab, "there");
    const by = knock(scene, here);
    const replies = answers(scene, by.message1, here);
    expect(types(replies)).toEqual([0x54]);
    const cookie = cookieOf(scene, by, first(replies));
    expect(types(answers(scene, by.withCookie(cookie), there))).toEqual([0x54]);
    expect(types(answers(scene, by.withCookie(cookie), here))).toEqual([0x52]);
    // Nor does it serve a session that another address asks for.
    const other = knock(scene, there);
    expect(types(answers(scene, other.withCookie(cookie), there))).toEqual([0x54]);
    expect(scene.bob.endpoint.halfOpen()).toBe(1);
  });

  it("cookie-from-other-source-refused: nor is one that is too old", () => {
    const scene = createScene({ layer });
    const here = strangerAt(scene.lab, "here");
    const by = knock(scene, here);
    const cookie = cookieOf(scene, by, first(answers(scene, by.message1, here)));
    scene.lab.run(119_000);
    expect(types(answers(scene, knock(scene, here).withCookie(cookie), here))).toEqual([0x52]);
    scene.lab.run(119_000);
    expect(types(answers(scene, knock(scene, here).withCookie(cookie), here))).toEqual([0x52]);
    scene.lab.run(3_000);
    expect(types(answers(scene, knock(scene, here).withCookie(cookie), here))).toEqual([0x54]);
  });

  it("forged-cookie-replies-no-amplification", () => {
    const scene = createScene({ layer });
    const { lab, alice, bob } = scene;
    lab.fate = () => [];
    alice.send(bob, text("hello"));
    const message1 = first(sentBy(lab, alice, 0x51));
    for (let i = 0; i < 100; i++) lab.inject(alice, forgedReply(scene, message1), bob.source, i);
    lab.run(150);
    // One more, at once; the next when it is due anyway.
    expect(sentBy(lab, alice, 0x51).length).toBe(2);
    for (let i = 0; i < 4_000; i++) lab.inject(alice, forgedReply(scene, message1), bob.source, i);
    lab.run(4_800);
    const twin = createScene({ layer });
    twin.lab.fate = () => [];
    twin.alice.send(twin.bob, text("hello"));
    twin.lab.run(4_950);
    const usual = sentBy(twin.lab, twin.alice, 0x51).length;
    expect(usual).toBeGreaterThan(5);
    expect(sentBy(lab, alice, 0x51).length).toBe(usual + 1);
    // All of one attempt, the macs aside (S3).
    const bodies = sentBy(lab, alice, 0x51).map((bytes) => bytes.subarray(0, bytes.length - 16));
    expect(new Set(bodies.map((body) => Buffer.from(body).toString("hex"))).size).toBe(1);
  });

  it("forged-cookie-replies-no-amplification: not even one that was not made for it", () => {
    const scene = createScene({ layer });
    const { lab, alice, bob } = scene;
    lab.fate = () => [];
    alice.send(bob, text("hello"));
    const message1 = first(sentBy(lab, alice, 0x51));
    const forged = [
      forgedReply(
        scene,
        message1.map((byte, i) => (i === message1.length - 20 ? byte ^ 1 : byte)),
      ),
      forgedReply({ ...scene, bobSigner: scene.mallorySigner }, message1),
      forgedReply(scene, message1).fill(1, 1, 2),
      forgedReply(scene, message1).subarray(0, 63),
      Uint8Array.from([...forgedReply(scene, message1), 0]),
    ];
    for (const reply of forged) lab.inject(alice, reply, bob.source);
    lab.run(150);
    expect(sentBy(lab, alice, 0x51).length).toBe(1);
    expect(alice.endpoint.counters.droppedHandshake).toBe(5);
    // And none of it keeps alice from bob, who demands cookies by now.
    for (let i = 0; i < 10; i++) lab.inject(alice, forgedReply(scene, message1), bob.source, i);
    lab.fate = () => [{ delayMs: 10 }];
    for (let i = 0; i < 250; i++) lab.inject(bob, knock(scene, bob.source).message1, bob.source);
    lab.run(1_500);
    expect(heard(bob)).toEqual(["hello"]);
  });

  it("wrong-mac2-accepted-when-idle", () => {
    const scene = createScene({ layer });
    const from = strangerAt(scene.lab, "stranger");
    const by = createHandmadeInitiator(scene.lab, {
      responder: scene.bobSigner.address,
      initiator: from.bytes,
    });
    const replies = answers(scene, by.withCookie(scene.lab.random.bytes(16)), from);
    expect(types(replies)).toEqual([0x52]);
    expect(by.read(first(replies))).toBeDefined();
  });
});
