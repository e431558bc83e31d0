// SPDX-License-Identifier: GPL-3.0-or-later

// What a peer may say besides messages: that we are not wanted (S14), that it goes, and nonsense.
// The peer is a bare channel, made by hand.

import { expect, it } from "vitest";
import {
  type Channel,
  createCertificateVerifier,
  createCredentials,
  createEndpoint,
  type Endpoint,
  SESSION_LAYER,
  type Source,
} from "../../../server/src/channel/index.js";
import { createDeadlines, silentLogger } from "../../../server/src/core/index.js";
import { createIdentities, PURPOSES } from "../../../server/src/identity/index.js";
import { HEADROOM_BYTES } from "../../../server/src/network/index.js";
import { createSessionLab, type SessionLab } from "../../support/session-lab.js";

/** A node that is nothing but a channel, and says what it is told to say. */
function createPuppet(lab: SessionLab, wants: () => boolean) {
  const node = lab.node("puppet");
  const place = lab.network.place("theatre");
  place.network.attach(node.attachment, lab.nowMs);
  const { crypto, random, clock } = lab;
  const deadlines = createDeadlines(clock, { arm: () => {}, disarm: () => {} });
  const sign = (bytes: Uint8Array): Uint8Array => node.attachment.sign(PURPOSES.noiseStatic, bytes);
  const credentials = createCredentials({
    crypto,
    random,
    layer: SESSION_LAYER,
    signer: { address: node.address, publicKey: node.attachment.publicKey, sign },
  });
  const buffer = new Uint8Array(HEADROOM_BYTES + 70_000);
  const put = (datagram: Uint8Array, to: Uint8Array, nowMs: number): void => {
    buffer.set(datagram, HEADROOM_BYTES);
    const { length } = datagram;
    place.network.send(node.address, to, false, buffer, HEADROOM_BYTES, length, nowMs);
  };
  let channel: Channel | undefined;
  let heard = 0;
  const endpoint: Endpoint<Source> = createEndpoint<Source>({
    layer: SESSION_LAYER,
    crypto,
    random,
    deadlines,
    logger: silentLogger,
    verify: createCertificateVerifier(createIdentities(crypto, random).keys),
    refusal: Uint8Array.of(2, 1),
    sink: {
      reply: (datagram, to, nowMs) => put(datagram, to.bytes, nowMs),
      admit(peer) {
        if (!wants()) return undefined;
        channel ??= endpoint.createChannel({
          credentials,
          remote: peer.address,
          owner: {
            transmit: (datagram, _to, nowMs) => put(datagram, peer.address, nowMs),
            received: (bytes, at) => {
              if (bytes[at] === 0) heard += 1;
            },
            established() {},
            ready() {},
            suspected() {},
            down() {},
          },
        });
        return channel;
      },
    },
  });
  place.sink = {
    packet(bytes, at, length, sourceAt, _destinationAt, _neighbour, nowMs) {
      const source = bytes.slice(sourceAt, sourceAt + 32);
      endpoint.receive(bytes, at, length, { bytes: source, group: "" }, credentials, nowMs);
    },
    resolved() {},
    wayCameUp() {},
    displaced() {},
    writable() {},
  };
  return {
    node,
    heard: () => heard,
    say(plaintext: Uint8Array) {
      if (channel === undefined) throw new Error("expected a session");
      const bytes = new Uint8Array(plaintext.length + 32);
      bytes.set(plaintext, 16);
      expect(channel.seal(bytes, 0, plaintext.length, lab.nowMs)).toBe(bytes.length);
      put(bytes, channel.remote, lab.nowMs);
      lab.run(50);
    },
  };
}

function createScene(wants: () => boolean) {
  const lab = createSessionLab();
  const home = lab.daemon("home");
  const alice = lab.node("alice");
  home.open(alice);
  return { lab, home, alice, puppet: createPuppet(lab, wants) };
}

it("a peer that does not want us is asked no more for 30 s, and what waits is given up", () => {
  let wanted = false;
  const { lab, home, alice, puppet } = createScene(() => wanted);
  for (let i = 0; i < 12; i++) home.send(alice, puppet.node, "hello");
  lab.run(1_000);
  expect(home.sessions.counters.refusals).toBe(1);
  expect(home.sessions.stats()).toMatchObject({ sessions: 0, waitingRemotes: 0, waitingBytes: 0 });
  expect(home.send(alice, puppet.node, "hello again")).toBe("unknown");
  const packets = lab.network.sent.length;
  lab.run(20_000);
  expect(lab.network.sent.length).toBe(packets);
  wanted = true;
  lab.run(10_000);
  expect(home.send(alice, puppet.node, "hello again")).toBe("accepted");
  lab.run(500);
  expect(puppet.heard()).toBe(1);
});

it("unknown kinds, nothing at all and too much are ignored and counted", () => {
  const { lab, home, alice, puppet } = createScene(() => true);
  home.send(alice, puppet.node, "hello");
  lab.run(200);
  puppet.say(new Uint8Array(0));
  puppet.say(Uint8Array.of(7, 7, 7));
  puppet.say(Uint8Array.of(0x10));
  puppet.say(Uint8Array.of(2));
  puppet.say(new Uint8Array(65_537));
  expect(home.sessions.counters.droppedKind).toBe(5);
  expect(home.letters).toEqual([]);
  puppet.say(Uint8Array.of(1, 2, 3));
  expect(home.sessions.counters.droppedKind).toBe(5);
  puppet.say(new Uint8Array(65_536));
  expect(home.letters.map(({ bytes }) => bytes.length)).toEqual([65_535]);
  puppet.say(Uint8Array.of(0));
  expect(home.letters.map(({ bytes }) => bytes.length)).toEqual([65_535, 0]);
});

it("a farewell for an unknown reason ends the session, and the next message begins another", () => {
  const { lab, home, alice, puppet } = createScene(() => true);
  home.send(alice, puppet.node, "hello");
  lab.run(200);
  puppet.say(Uint8Array.of(2, 99));
  expect(home.sessions.stats().sessions).toBe(0);
  expect(home.sessions.counters.closesReceived).toBe(1);
  home.send(alice, puppet.node, "hello again");
  lab.run(500);
  expect(puppet.heard()).toBe(2);
});
